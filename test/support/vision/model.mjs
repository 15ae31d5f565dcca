// Models for MediaPipe's image segmenter that nobody has trained: who is red is a person.
import { Builder } from 'flatbuffers';

/** The fields of the tables of a TFLite file, and of its metadata, in their order, as far as they are of use here. */
const schema = {
  Model: ['version', 'codes', 'subgraphs', 'description', 'buffers', '', 'metadata'],
  OperatorCode: ['code'],
  SubGraph: ['tensors', 'inputs', 'outputs', 'operators'],
  Tensor: ['shape', 'type', 'buffer'],
  Operator: ['code', 'inputs', 'outputs', 'optionsType', 'options'],
  Convolution: ['padding', 'strideWidth', 'strideHeight'],
  Softmax: ['beta'],
  Buffer: ['data'],
  Metadata: ['name', 'buffer'],
  ModelMetadata: ['name', 'description', 'version', 'subgraphs'],
  SubGraphMetadata: ['name', 'description', 'inputs'],
  TensorMetadata: ['name', 'description', 'dimensions', 'content', 'processUnits'],
  ProcessUnit: ['type', 'options'],
  Normalization: ['mean', 'deviation'],
};

const number = (kind) => (value) => ({ kind, write: () => value });
const [byte, int, float] = ['Int8', 'Int32', 'Float32'].map(number);
/** What is written before that which points at it. */
const apart = (write) => ({ kind: 'Offset', write });
const text = (words) => apart((builder) => builder.createString(words));

const list = (items, alignment = 4) =>
  apart((builder) => {
    const [{ kind }] = items;
    const written = items.map((item) => item.write(builder));
    builder.startVector(kind === 'Int8' ? 1 : 4, written.length, alignment);
    for (const value of written.reverse()) builder[`add${kind}`](value);
    return builder.endVector();
  });
const ints = (...values) => list(values.map(int));

const table = (type, fields) =>
  apart((builder) => {
    const written = Object.entries(fields).map(([name, { kind, write }]) => [name, kind, write(builder)]);
    builder.startObject(schema[type].length);
    for (const [name, kind, value] of written) builder[`addField${kind}`](schema[type].indexOf(name), value);
    return builder.endObject();
  });

function file(root, identifier) {
  const builder = new Builder();
  builder.finish(root.write(builder), identifier);
  return builder.asUint8Array();
}

/** That a colour is handed over as 0 to 1, in place of 0 to 255: without it the library takes no model. */
function metadata() {
  const options = table('Normalization', { mean: list([float(0)]), deviation: list([float(255)]) });
  const processUnits = list([table('ProcessUnit', { type: byte(1), options })]);
  const inputs = list([table('TensorMetadata', { processUnits })]);
  return file(table('ModelMetadata', { subgraphs: list([table('SubGraphMetadata', { inputs })]) }), 'M001');
}

/** How sure it is of a person, or, with two classes, of what is behind people first. */
export function redIsPerson(classes, { described = true } = {}) {
  const alone = classes === 1;
  const weights = alone ? [40, -20, -20] : [-40, 20, 20, 40, -20, -20];
  const biases = alone ? [-12] : [12, -12];
  const data = [weights, biases].map((values) => new Uint8Array(Float32Array.from(values).buffer));
  if (described) data.push(metadata());
  const buffers = data.map((bytes) => table('Buffer', { data: list([...bytes].map(byte), 16) }));

  const tensor = (shape, buffer = 0) => table('Tensor', { shape: ints(...shape), buffer: int(buffer) });
  const picture = (depth) => tensor([1, 256, 256, depth]);
  const filters = [tensor([classes, 1, 1, 3], 1), tensor([classes], 2)];
  const strides = { strideWidth: int(1), strideHeight: int(1) };
  const operators = [
    // Of each pixel by itself: its colour times the weights, and the bias.
    { inputs: ints(0, 1, 2), outputs: ints(3), optionsType: byte(1), options: table('Convolution', strides) },
    { inputs: ints(3), outputs: ints(4) },
  ];
  if (!alone)
    Object.assign(operators[1], { optionsType: byte(9), options: table('Softmax', { beta: float(1) }) });
  const subgraph = {
    tensors: list([picture(3), ...filters, picture(classes), picture(classes)]),
    inputs: ints(0),
    outputs: ints(4),
    operators: list(operators.map((fields, at) => table('Operator', { code: int(at), ...fields }))),
  };
  const [convolution, sigmoid, softmax] = [3, 14, 25];
  const codes = [convolution, alone ? sigmoid : softmax].map((code) =>
    table('OperatorCode', { code: byte(code) }),
  );
  const note = { name: text('TFLITE_METADATA'), buffer: int(3) };
  const model = {
    version: int(3),
    codes: list(codes),
    subgraphs: list([table('SubGraph', subgraph)]),
    // The first is that of whatever is computed.
    buffers: list([table('Buffer', {}), ...buffers]),
    ...(described && { metadata: list([table('Metadata', note)]) }),
  };
  return file(table('Model', model), 'TFL3');
}
