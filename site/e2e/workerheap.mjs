// Prints how many bytes the Worker behind workerd's inspector has: node workerheap.mjs PORT. JavaScript's objects and
// buffers, not the memory of WebAssembly. The least of some looks a second apart counts: garbage comes and goes, and this
// inspector does not collect it when asked.
import WebSocket from "ws";

const [target] = await (await fetch(`http://127.0.0.1:${process.argv[2]}/json`)).json();
const socket = new WebSocket(target.webSocketDebuggerUrl);
await new Promise((resolve, reject) => {
  socket.on("open", resolve);
  socket.on("error", reject);
});

async function usage(id) {
  const answer = new Promise((resolve) => {
    const listen = (data) => {
      const message = JSON.parse(data);
      if (message.id !== id) return;
      socket.off("message", listen);
      resolve(message.result);
    };
    socket.on("message", listen);
  });
  socket.send(JSON.stringify({ id, method: "Runtime.getHeapUsage" }));
  const { usedSize, backingStorageSize } = await answer;
  return { objects: usedSize, buffers: backingStorageSize };
}

let least = null;
for (let id = 1; id <= 5; id++) {
  const now = await usage(id);
  if (least === null || now.objects + now.buffers < least.objects + least.buffers) least = now;
  if (id < 5) await new Promise((resolve) => setTimeout(resolve, 1000));
}
console.log(JSON.stringify(least));
process.exit(0);
