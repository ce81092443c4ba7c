// The interface between pie and the programs that it runs. All behaviour lives in the host; this is a thin facade.
export {
  ErrorCode, PieError, InvalidArgumentError, InvalidTypeError, ContextLengthError, OutOfPagesError,
  PermissionDeniedError, NotFoundError, AlreadyExistsError, UnsupportedError, GrammarViolationError, GuestError,
  LimitExceededError, CancelledError, BudgetExhaustedError, PieTimeoutError, StorageFullError, UpstreamError,
  DriverFailureError, DeviceLostError, InternalError
} from './inferlet/errors.js';
export { Mask } from './inferlet/mask.js';
export { Stage, Sampler } from './inferlet/sampler.js';
export { Probe, Logits, Distribution, Logprob, Logprobs, Entropy } from './inferlet/probe.js';
export { Tokenizer, Model } from './inferlet/model.js';
export { Adapter, zo } from './inferlet/adapter.js';
export { SampleHandle, ProbeHandle, Output, Forward } from './inferlet/forward.js';
export { Grammar, Matcher, GrammarConstraint, jsonSchema, anyJson, regex, ebnf, grammar } from './inferlet/grammar.js';
export { GenStep, Generator } from './inferlet/generation.js';
export { Context } from './inferlet/context.js';
export { chat } from './inferlet/chat.js';
export { reasoning } from './inferlet/reasoning.js';
export { tools } from './inferlet/tools.js';
export { Child, runtime } from './inferlet/runtime.js';
export { session } from './inferlet/session.js';
export { Subscription, messaging } from './inferlet/messaging.js';
export { McpSession, mcp } from './inferlet/mcp.js';
export { timers } from './inferlet/timers.js';
export { Image, Audio, Video, Speech, SpeechBuilder, writeWav } from './inferlet/media.js';
export { contexts } from './inferlet/contexts.js';
export { scheduling } from './inferlet/scheduling.js';
export { filesystem } from './inferlet/filesystem.js';
export { http } from './inferlet/http.js';
export { polyglot } from './inferlet/polyglot.js';

// Names of types, so that stripped code may import them as values.
export const [Voice, Brle, GenerateOptions, ProbeKind, Schema, Constraint, Speculator] = Array(7).fill(undefined);
