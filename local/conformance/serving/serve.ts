import { createServer } from "node:http";

/** A container that is healthy at once and gives back what it is sent: what an endpoint of an assertion runs. */
createServer((request, response) => {
  response.writeHead(200);
  request.pipe(response);
}).listen(Number(process.env["SAGEMAKER_BIND_TO_PORT"]), process.env["BIND_ADDRESS"]);
