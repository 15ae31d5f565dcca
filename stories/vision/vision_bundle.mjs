// Stands in for @mediapipe/tasks-vision and its model, which the kit does not bring along: what is more red than blue is a
// person. It is enough for the person of the story, and for nobody else.
export const FilesetResolver = { forVisionTasks: async () => ({}) };

export const ImageSegmenter = {
  createFromOptions: async () => ({
    segmentForVideo(picture, _time, hear) {
      const { width, height } = picture;
      const { data } = picture.getContext('2d').getImageData(0, 0, width, height);
      const mask = Float32Array.from({ length: width * height }, (_, at) => {
        const warmth = data[at * 4] - data[at * 4 + 2];
        return Math.min(1, Math.max(0, (warmth - 10) / 30));
      });
      hear({ confidenceMasks: [{ width, height, getAsFloat32Array: () => mask }] });
    },
    close() {},
  }),
};
