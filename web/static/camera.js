// The camera: frames until one is wanted. It is let go of while the page is hidden.
const WANTED = { width: { ideal: 1280 }, height: { ideal: 720 } };

export const available = () => Boolean(navigator.mediaDevices?.getUserMedia);

/**
 * Show the camera in `video` and hand every frame to `look(canvas, context)` until it returns true
 * or `signal` is aborted; `look.pause` milliseconds lie between two frames. `ready(camera)` is told
 * each time a camera is open: `{ torch, others, light(on), change() }`. Rejects with the browser's
 * error when there is no camera, and with what `look` rejects with.
 */
export async function watch(video, look, ready, signal) {
  const state = { device: null, changed: false };
  while (!signal.aborted) {
    await untilSeen(signal);
    if (signal.aborted || (await session(video, look, ready, signal, state))) return;
  }
}

/** One opening of one camera; true when `look` was content. */
async function session(video, look, ready, signal, state) {
  const facing = state.device ? { deviceId: { exact: state.device } } : { facingMode: { ideal: "environment" } };
  const stream = await navigator.mediaDevices.getUserMedia({ video: { ...WANTED, ...facing }, audio: false });
  state.changed = false;
  try {
    if (signal.aborted) return true;
    video.srcObject = stream;
    await video.play();
    ready(await controls(stream.getVideoTracks()[0], state));
    return await frames(video, look, () => signal.aborted || document.hidden || state.changed);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function frames(video, look, over) {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true });
  while (!over()) {
    if (video.videoWidth) {
      [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
      context.drawImage(video, 0, 0);
      if (await look(canvas, context)) return true;
    }
    await new Promise((resolve) => setTimeout(resolve, look.pause));
  }
  return false;
}

async function controls(track, state) {
  const cameras = (await navigator.mediaDevices.enumerateDevices())
    .filter((device) => device.kind === "videoinput");
  const here = cameras.findIndex((device) => device.deviceId === track.getSettings().deviceId);
  return {
    torch: Boolean(track.getCapabilities?.().torch),
    others: cameras.length > 1,
    light: (on) => track.applyConstraints({ advanced: [{ torch: on }] }),
    change: () => {
      state.device = cameras[(here + 1) % cameras.length].deviceId;
      state.changed = true;
    },
  };
}

function untilSeen(signal) {
  if (!document.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look, { once: true });
  });
}
