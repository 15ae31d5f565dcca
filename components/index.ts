/** The classes of the tags with their events and types, and the engine below them. Registers nothing: see `define.ts`. */

export { CallChat } from './call-chat/call-chat.js';
export { FileRequestEvent, SendRequestEvent, UnreadChangeEvent } from './call-chat/call-chat.events.js';
export { CallControls } from './call-controls/call-controls.js';
export { ControlRequestEvent, type ControlRequest } from './call-controls/call-controls.events.js';
export { CallStats } from './call-stats/call-stats.js';
export { ScoreChangeEvent } from './call-stats/call-stats.events.js';
export { DeviceSelect } from './device-select/device-select.js';
export type { DeviceKind } from './device-select/choices.js';
export { DeviceChangeEvent, DeviceRequestEvent } from './device-select/device-select.events.js';
export { MediaGenerator } from './media-generator/media-generator.js';
export { FrameDropEvent, GeneratorStateChangeEvent } from './media-generator/media-generator.events.js';
export { PeerCall } from './peer-call/peer-call.js';
export type { CallLayout } from './peer-call/arranging.js';
export { LocalStreamChangeEvent } from './peer-call/devices.events.js';
export type { DataChannelOptions } from './peer-call/reaching.js';
export { StreamEffect } from './stream-effect/stream-effect.js';
export { StreamMeter } from './stream-meter/stream-meter.js';
export { SpeakingChangeEvent } from './stream-meter/stream-meter.events.js';
export { StreamPreview } from './stream-preview/stream-preview.js';
export { PermissionChangeEvent } from './stream-preview/own-capture.events.js';
export { PreviewStateChangeEvent } from './stream-preview/stream-preview.events.js';
export type { StreamSettings } from './stream-preview/playing.js';
export type { Mirror, PreviewState } from './stream-preview/stream-preview.state.js';
export { StreamRecorder } from './stream-recorder/stream-recorder.js';
export {
  RecordDataEvent,
  RecorderStateChangeEvent,
  RecordStopEvent,
} from './stream-recorder/stream-recorder.events.js';

export {
  CaptureInterruptedEvent,
  CaptureResumedEvent,
  DeviceLostEvent,
  DeviceRestoredEvent,
} from './internal/device-events.js';
export { AutoplayBlockedEvent, StreamChangeEvent } from './internal/events.js';
export type { Strings } from './internal/kit-element.js';
export type { StreamSource } from './internal/source-controller.js';

export { MediaKitError, type MediaKitErrorCode } from './engine/errors.js';
export type { Store } from './engine/store.js';
export type { Clock } from './engine/clock.js';

export { Generator } from './engine/generator/generator.js';
export type {
  Drop,
  GeneratorOptions,
  GeneratorState,
  GeneratorStats,
  GeneratorStatus,
  TrackStats,
} from './engine/generator/generator.js';
export { readSettings, type Problem, type Settings, type Wishes } from './engine/generator/settings.js';
export type { BackendName } from './engine/generator/backend.js';
export type { AudioInput, MediaInput, VideoInput } from './engine/generator/input.js';

export {
  TrackGenerator,
  VideoTrackGenerator,
  type Chunk,
  type TrackGeneratorInit,
} from './engine/generator/track-generator.js';
export { TrackProcessor, type TrackProcessorInit } from './engine/generator/track-processor.js';
export {
  SyncReader,
  type SyncFigures,
  type SyncReading,
  type SyncSource,
} from './engine/generator/sync-reader.js';

export { getDisplayMedia, getUserMedia } from './engine/capture/capture.js';
export { applyConstraints, chooseDevice, switchCamera } from './engine/capture/adjust.js';
export { Capturer } from './engine/capture/capturer.js';
export type { CaptureState, CaptureStatus } from './engine/capture/capturer.js';
export type { LostDevice } from './engine/capture/devices.js';
export type { CapturePermission } from './engine/capture/permission.js';
export type { Refusal } from './engine/capture/refusal.js';
export type { CaptureKind, CaptureOptions, DisplayCursor, DisplaySurface } from './engine/capture/request.js';

export { Meter, type MeterState } from './engine/meter/meter.js';
export type { LoudnessReading } from './engine/meter/loudness.js';

export { Effect } from './engine/effect/effect.js';
export type { EffectOptions, EffectState, EffectStats } from './engine/effect/effect.js';
export type { PipelineStats } from './engine/effect/pipeline.js';
export type { ProcessorClass, ProcessorFunction, ProcessorGiven } from './engine/effect/processor.js';
export { readEffect } from './engine/effect/settings.js';
export type { EffectName, EffectProblem, EffectSettings, EffectWishes } from './engine/effect/settings.js';

export { Recorder } from './engine/record/recorder.js';
export type {
  RecorderOptions,
  RecorderState,
  RecorderStatus,
  RecordTarget,
  RecordWishes,
} from './engine/record/recorder.js';

export { FileEvent, FileOfferEvent, FileProgressEvent, PeerMessageEvent } from './engine/call/data/events.js';
export type { SendFileOptions, SendOptions } from './engine/call/data/exchange.js';
export type { FileStatus, FileTransfer } from './engine/call/data/transfer.js';
export type { ReconnectPolicy } from './engine/call/reconnect.js';
export { Room } from './engine/call/room.js';
export type { CallState, CallStatus, JoinOptions, PeerState, RoomOptions } from './engine/call/room.js';
export type { ViewBody, ViewSize } from './engine/call/frames.js';
export type { IceServersGiven } from './engine/call/ice-server-list.js';
export type { CallIssue, CallIssueName } from './engine/call/issues.js';
export type { SendingOptions } from './engine/call/local-media.js';
export type { PeerStatus } from './engine/call/pair.js';
export type { CandidatePair, MediaQuality, PeerQuality, QualityScore } from './engine/call/quality.js';
export {
  CallIssueEvent,
  CallStateChangeEvent,
  PeerChangeEvent,
  PeerJoinEvent,
  PeerLeaveEvent,
  SpeakerChangeEvent,
  type PeerEvent,
} from './engine/call/events.js';

export { BroadcastSignaling } from './engine/signaling/broadcast.js';
export { InviteSignaling } from './engine/signaling/invite.js';
export { signalingFor, type SignalingGiven, type SignalingUrl } from './engine/signaling/connect.js';
export type { Secret } from './engine/signaling/secret.js';
export type { TokenGiven } from './engine/signaling/token.js';
export { MemorySignaling } from './engine/signaling/memory.js';
export type {
  Signaling,
  SignalingAddress,
  SignalingChannel,
  SignalingHandlers,
} from './engine/signaling/signaling.js';
