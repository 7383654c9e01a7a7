import { after, before, describe } from "node:test";
import { durabilityContract } from "../contract/durability.ts";
import { storeContract } from "../contract/store-contract.ts";
import { RedisCluster } from "../support/redis-cluster.ts";
import { RedisServer } from "../support/redis-server.ts";
import { openOnDurableRedis, openOnRedis } from "../support/store-redis.ts";

describe("Redis", () => {
  let server: RedisServer;
  before(async () => {
    server = await RedisServer.start();
  });
  after(() => server.stop());
  storeContract((hooks, options) => openOnRedis(server.url, hooks, options));
});

describe("Redis with an append-only file", () => {
  durabilityContract(openOnDurableRedis);
});

describe("Redis Cluster of three masters", () => {
  let cluster: RedisCluster;
  before(async () => {
    cluster = await RedisCluster.start();
  });
  after(() => cluster.stop());
  storeContract((hooks, options) => openOnRedis(cluster.url, hooks, options));
});
