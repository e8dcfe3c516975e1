// Makes the EC2 calls on its input with the AWS SDK for JavaScript v3: a JSON
// line with action and parameters for each, and a JSON line back.

import { createInterface } from "node:readline";
import * as ec2 from "@aws-sdk/client-ec2";

const client = new ec2.EC2Client({
  endpoint: process.argv[2],
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
  maxAttempts: 1,
});

async function answer({ action, parameters }) {
  try {
    const { $metadata, ...out } = await client.send(new ec2[`${action}Command`](parameters));
    return { answer: out };
  } catch (e) {
    if (!(e instanceof ec2.EC2ServiceException)) throw e;
    return { error: { code: e.name, message: e.message, status: e.$metadata.httpStatusCode } };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
