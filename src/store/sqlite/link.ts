/** A way to another thread or process, and back. Messages arrive in the order in which they were posted, each once. */
export type Link<Out, In> = {
  post(message: Out): void;
  /** For one listener. */
  onMessage(listener: (message: In) => void): void;
  /** Called once, when nothing comes any more. `cause`: the fault that ended it, if one did. */
  onEnd(listener: (cause?: unknown) => void): void;
};
