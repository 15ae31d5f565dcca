// Stands in for @mediapipe/tasks-vision, and fails when it is told to: the middle of each picture is a person. With the
// model several.tflite it tells of what is behind first, as those do that know more than people; broken.tflite fails soon,
// and after the first picture blind.tflite tells of nothing, unread.tflite of zeros, and lost.tflite has no WebGL any more.
const opened = { wasm: '', model: '', closed: 0 };
globalThis.opened = opened;

export const FilesetResolver = {
  forVisionTasks: async (folder) => ((opened.wasm = folder), { folder }),
};

const masks = {
  people: [0, 1, 1, 0],
  behind: [1, 0, 0, 1],
  nothing: [0, 0, 0, 0],
};

const mask = (row) => ({
  width: 4,
  height: 4,
  getAsFloat32Array: () => Float32Array.from({ length: 16 }, (_, at) => masks[row][at % 4]),
});

export const ImageSegmenter = {
  async createFromOptions(_files, { canvas, baseOptions, runningMode, outputConfidenceMasks }) {
    if (runningMode !== 'VIDEO' || !outputConfidenceMasks) throw new Error('not as the effect needs it');
    const model = (opened.model = baseOptions.modelAssetPath);
    let before = 0;
    let calls = 0;
    return {
      segmentForVideo(picture, time, hear) {
        if (Math.max(picture.width, picture.height) > 256) throw new Error('more than it looks at');
        // The real one counts in ms, and fails where one comes twice.
        if (!(Math.trunc(time) > before)) throw new Error(`Packet timestamp mismatch: ${time}`);
        before = Math.trunc(time);
        calls++;
        if (model.endsWith('broken.tflite') && calls > 2) throw new Error('the context is lost');
        if (model.endsWith('blind.tflite') && calls > 1) return hear({});
        if (model.endsWith('unread.tflite') && calls > 1)
          return hear({ confidenceMasks: ['nothing', 'nothing'].map(mask) });
        if (model.endsWith('lost.tflite') && calls > 1)
          canvas.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext();
        const rows = model.endsWith('several.tflite') ? ['behind', 'people', 'nothing'] : ['people'];
        hear({ confidenceMasks: rows.map(mask) });
      },
      close: () => opened.closed++,
    };
  },
};
