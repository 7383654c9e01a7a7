import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Files of a certificate for this machine that nobody has signed. @param directory where they are put. */
export function selfSigned(directory: string): { key: string; certificate: string } {
  const [key, certificate] = [join(directory, "key.pem"), join(directory, "certificate.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate];
  execFileSync("openssl", [...request, ...names], { stdio: "ignore" });
  return { key, certificate };
}
