// Reads a track past the page: when each frame arrives, and how long after its timestamp.
let origin;
let arrivals = [];
let latencies = [];
const now = () => performance.timeOrigin + performance.now() - origin;

async function read(readable) {
  for await (const frame of readable) {
    const at = now();
    arrivals.push(at);
    latencies.push(at - frame.timestamp / 1000);
    frame.close();
  }
}

onmessage = ({ data }) => {
  if (data.readable) {
    ({ origin } = data);
    void read(data.readable);
  } else if (data === 'reset') {
    arrivals = [];
    latencies = [];
  } else {
    postMessage({ arrivals, latencies });
  }
};
