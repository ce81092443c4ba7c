// The interface between pie and the programs that it runs, for editors and type checkers.

declare module 'inferlet' {
  // --- values -----------------------------------------------------------------------------------
  /** Token ids or slots. */
  export type Ids = Iterable<number> | ArrayLike<number>;
  /** Run lengths that start with a false run; a Mask is its own run lengths. */
  export type Brle = Mask | Uint32Array | readonly number[];
  /** Number to add by token id, or a mask and a number. */
  export type Bias = Map<number, number> | Record<number, number> | [Brle, number];
  /** JSON Schema as text or object. */
  export type JsonSource = string | object;
  /** Ids and strings that end a generation. */
  export type Stops = string | number | Iterable<number | string>;
  /** Index of a row; 'last' or -1 is the last one. */
  export type Row = number | 'last';
  /** How to give up on a call: a time in milliseconds, or a signal. */
  export interface Waiting { timeout?: number; signal?: AbortSignal }
  /** Something with buildConstraint(model); no base class is needed. */
  export interface Schema { buildConstraint(model: Model): Constraint }
  /** Something that says which tokens may come next. */
  export interface Constraint {
    step(accepted: Uint32Array): Brle;
    fork?(): Constraint;
    rollback?(n: number): void;
    isTerminated?: boolean | (() => boolean);
  }
  /** A drafter of the program's own. */
  export interface Speculator {
    draft(): unknown;
    accept(tokens: Uint32Array): unknown;
    rollback?(n: number): unknown;
    reset?(): unknown;
  }
  export type Voice = never;
  export type ProbeKind = 'logits' | 'distribution' | 'logprobs' | 'entropy';
  export type FinishReason = 'stop' | 'length' | 'stop_string' | 'constraint' | 'closed';

  // --- models -----------------------------------------------------------------------------------
  export interface ModelInfo {
    architecture: string;
    vocabSize: number;
    pageSize: number;
    maxContext: number;
    bosId: number;
    stopIds: number[];
    hasChatTemplate: boolean;
    hasReasoning: boolean;
    toolFormat: string;
    modalities: string[];
    adapters: boolean;
    speculation: boolean;
    deterministic: boolean;
  }
  /** A loaded model. */
  export class Model {
    private constructor();
    /** Return a loaded model by its name. NOT_FOUND for another. */
    static load(name: string): Model;
    /** Its name on this server. */
    readonly name: string;
    /** Describe the model. */
    info(): ModelInfo;
    /** Return its tokenizer. */
    tokenizer(): Tokenizer;
    /** Say whether the engine drafts by itself. */
    defaultSystemSpeculation(): boolean;
    /** Not offered: no loaded model speaks. */
    speak(text: string): never;
  }
  /** The model's tokenizer. */
  export class Tokenizer {
    private constructor();
    /** Return ids; spellings of special tokens become them unless told otherwise. */
    encode(text: string, options?: { parseSpecial?: boolean }): Uint32Array;
    /** Return the text of ids. */
    decode(ids: Ids, options?: { skipSpecial?: boolean }): string;
    /** Return the raw bytes of one token. */
    tokenBytes(id: number): Uint8Array;
    /** Return all ids, ascending, and their bytes. */
    vocabs(): [Uint32Array, Uint8Array[]];
    /** Return the ids of special tokens and their bytes. */
    specialTokens(): [Uint32Array, Uint8Array[]];
    /** Return the pattern that splits text before it is encoded, '' without one. */
    splitRegex(): string;
  }

  // --- contexts ---------------------------------------------------------------------------------
  export interface ContextOptions { template?: Record<string, unknown>; prefixCache?: boolean }
  export interface SaveOptions { overwrite?: boolean; ttl?: number }
  /** A token sequence on one model together with its KV pages; leaving a block with `using` frees them. */
  export class Context {
    /** Make an empty context; `template` gives variables of the chat template, `prefixCache` false looks no pages up. */
    constructor(model: Model, options?: ContextOptions);
    /** As the constructor. */
    static createAsync(model: Model, options?: ContextOptions & Waiting): Promise<Context>;
    /** Return a new context equal to a snapshot, which stays. NOT_FOUND without one. */
    static open(model: Model, name: string): Context;
    /** As `open`, a promise. */
    static openAsync(model: Model, name: string, options?: Waiting): Promise<Context>;
    /** As `open`, and remove the snapshot; its pages move without a copy. */
    static take(model: Model, name: string): Context;
    /** As `take`, a promise. */
    static takeAsync(model: Model, name: string, options?: Waiting): Promise<Context>;
    /** Remove a snapshot. */
    static delete(model: Model, name: string): void;
    /** As `delete`, a promise. */
    static deleteAsync(model: Model, name: string, options?: Waiting): Promise<void>;
    /** The model that it is a sequence of. */
    readonly model: Model;
    /** Tokens of one page. */
    readonly pageSize: number;
    /** Number of written tokens; pending ones are not counted. */
    readonly seqLen: number;
    /** Full pages, which can be shared. */
    readonly committedPageCount: number;
    /** Pages that are this context's alone. */
    readonly workingPageCount: number;
    /** Tokens in working pages. */
    readonly workingPageTokenCount: number;
    /** Save an immutable snapshot of all tokens, pending ones too; `ttl` in milliseconds. ALREADY_EXISTS unless `overwrite`. */
    save(name: string, options?: SaveOptions): void;
    /** As `save`, a promise. */
    saveAsync(name: string, options?: SaveOptions & Waiting): Promise<void>;
    /** Save under a fresh name and return it; kept for 24 hours unless `ttl` says otherwise. */
    snapshot(options?: { ttl?: number }): string;
    /** As `snapshot`, a promise. */
    snapshotAsync(options?: { ttl?: number } & Waiting): Promise<string>;
    /** Hide the tokens in slots [sink, n) from all later rows and free the pages wholly inside. */
    dropPrefix(n: number, options?: { sink?: number }): void;
    /** As `dropPrefix`, a promise. */
    dropPrefixAsync(n: number, options?: { sink?: number } & Waiting): Promise<void>;
    /** From now on a row sees the first `sink` and the last `w` slots; undefined ends it. */
    setWindow(w: number | undefined, options?: { sink?: number }): void;
    /** As `setWindow`, a promise. */
    setWindowAsync(w: number | undefined, options?: { sink?: number } & Waiting): Promise<void>;
    /** Share the committed pages by content with all users. PERMISSION_DENIED without the permission. */
    publish(): void;
    /** As `publish`, a promise. */
    publishAsync(options?: Waiting): Promise<void>;
    /** Return the pending tokens. */
    buffer(): Uint32Array;
    /** Return all tokens, written and pending. */
    tokens(): Uint32Array;
    /** Append a system message by the chat template. */
    system(text: string): this;
    /** Append a user message by the chat template. */
    user(text: string): this;
    /** Append an assistant message by the chat template. */
    assistant(text: string): this;
    /** Append the generation header, unless the end already is one. */
    cue(): this;
    /** Append the end of a turn. */
    seal(): this;
    /** Register tools where the template wants them. UNSUPPORTED without a tool form. */
    equip(tools: Iterable<ToolLike>): this;
    /** Append what a tool returned; anything but text becomes JSON. */
    answer(name: string, value: unknown): this;
    /** Append token ids. */
    append(ids: Ids): this;
    /** Encode a text and append it. */
    appendText(text: string): this;
    /** Write all pending tokens and commit full pages. */
    flush(options?: Waiting): Promise<void>;
    /** Drop the last n tokens, pending ones first. */
    truncate(n: number): void;
    /** As `truncate`, a promise. */
    truncateAsync(n: number, options?: Waiting): Promise<void>;
    /** Bid v credits for a page and tick of the next pass, or until another bid with `hold`; undefined ends a hold. */
    setBid(v: number | undefined, options?: { hold?: boolean }): this;
    /** Return a scope in which the context bids nothing. */
    idle(): Scope;
    /** Return an independent copy that shares all committed pages. */
    fork(): Context;
    /** As `fork`, a promise. */
    forkAsync(options?: Waiting): Promise<Context>;
    /** Give the pages up now; they come back at the next use, data unchanged. */
    suspend(): void;
    /** As `suspend`, a promise. */
    suspendAsync(options?: Waiting): Promise<void>;
    /** Add n empty working pages. */
    reserveWorkingPages(n: number): void;
    /** As `reserveWorkingPages`, a promise. */
    reserveWorkingPagesAsync(n: number, options?: Waiting): Promise<void>;
    /** Commit the first k working pages, all of which must be full. */
    commitWorkingPages(k: number): void;
    /** As `commitWorkingPages`, a promise. */
    commitWorkingPagesAsync(k: number, options?: Waiting): Promise<void>;
    /** Free the last n working pages and the tokens in them. */
    releaseWorkingPages(n: number): void;
    /** As `releaseWorkingPages`, a promise. */
    releaseWorkingPagesAsync(n: number, options?: Waiting): Promise<void>;
    /** Drop the last n working tokens; pages stay. */
    truncateWorkingPageTokens(n: number): void;
    /** As `truncateWorkingPageTokens`, a promise. */
    truncateWorkingPageTokensAsync(n: number, options?: Waiting): Promise<void>;
    /** Begin one forward pass. */
    forward(): Forward;
    /** Begin a generation: collect it to its end inside the engine, or iterate its steps. */
    generate(sampler: Sampler, options?: GenerateOptions): Generator;
    /** Free the pages at once; repeating it has no effect. */
    release(): void;
    /** As `release`. */
    close(): void;
    /** Not offered: no loaded model takes media. */
    appendImage(image: unknown): never;
    /** Not offered: no loaded model takes media. */
    appendImages(images: unknown): never;
    /** Not offered: no loaded model takes media. */
    appendAudio(audio: unknown): never;
    /** Not offered: no loaded model takes media. */
    appendAudios(audios: unknown): never;
    /** Not offered: no loaded model takes media. */
    appendVideo(video: unknown): never;
    [Symbol.dispose](): void;
    [Symbol.asyncDispose](): Promise<void>;
  }
  /** Something that ends with its block, or when it is closed. */
  export interface Scope {
    close(): void;
    [Symbol.dispose](): void;
    [Symbol.asyncDispose](): Promise<void>;
  }

  // --- generations ------------------------------------------------------------------------------
  export interface GenerateOptions {
    maxTokens?: number;
    stop?: Stops;
    extraStop?: Stops;
    constrain?: Schema | Constraint | (Schema | Constraint)[];
    logitMask?: Brle;
    speculator?: Speculator;
    systemSpeculation?: boolean;
    adapter?: Adapter;
    zoSeed?: number | bigint;
    horizon?: number;
    rebidEachStep?: boolean;
    autoFlush?: boolean;
    seed?: number | bigint;
    runAhead?: number;
  }
  /**
   * A low-rank addition to a model's matrices (LoRA), used by the passes that name it. Private to the user, common to all programs of that
   * user, kept until it is destroyed or the server stops. `using` destroys it at the end of the scope, or closes one that the operator shares.
   */
  export class Adapter {
    private constructor();
    /** Make an adapter that adds nothing yet. ALREADY_EXISTS, BUDGET_EXHAUSTED; UNSUPPORTED if the driver takes none. */
    static create(model: Model, name: string): Adapter;
    /** As `create`, a promise. */
    static createAsync(model: Model, name: string, options?: Waiting): Promise<Adapter>;
    /** Return the user's adapter of a name, else the one that the operator shares, undefined if there is neither. UNSUPPORTED. */
    static open(model: Model, name: string): Adapter | undefined;
    /** As `open`, a promise. */
    static openAsync(model: Model, name: string, options?: Waiting): Promise<Adapter | undefined>;
    /** The name. */
    readonly name: string;
    /** Whether the operator shares it: it can be used, saved and forked, not changed. */
    readonly shared: boolean;
    /** Copy to another name. ALREADY_EXISTS, BUDGET_EXHAUSTED. */
    fork(newName: string): Adapter;
    /** As `fork`, a promise. */
    forkAsync(newName: string, options?: Waiting): Promise<Adapter>;
    /**
     * Load numbers in place of the present ones: a directory in PEFT's form, or a GGUF file, in /scratch, /data or /app. What was computed
     * stays as it was. NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT for a damaged file or a shape that is not the model's, UNSUPPORTED,
     * BUDGET_EXHAUSTED; nothing has changed then.
     */
    load(path: string): void;
    /** As `load`, a promise. */
    loadAsync(path: string, options?: Waiting): Promise<void>;
    /** Write the numbers to a directory in PEFT's form, as `load` reads them. PERMISSION_DENIED, STORAGE_FULL. */
    save(path: string): void;
    /** As `save`, a promise. */
    saveAsync(path: string, options?: Waiting): Promise<void>;
    /** Remove the name; passes that run go on. PERMISSION_DENIED for one that the operator shares. */
    destroy(): void;
    /** As `destroy`, a promise. */
    destroyAsync(options?: Waiting): Promise<void>;
    /** Close the handle; the adapter stays. */
    close(): void;
    [Symbol.dispose](): void;
    [Symbol.asyncDispose](): Promise<void>;
  }
  /** One step of a generation in the making. */
  export class GenStep {
    private constructor();
    /** Draw no token in this step; call `generator.accept` after `execute`. */
    clearSampler(): this;
    /** Use another sampler for this step. */
    sampler(sampler: Sampler): this;
    /** Add to logits for this step: a map from id to number, or a mask and a number. */
    logitBias(bias: Bias | Brle, x?: number): this;
    /** Ask for a probe; 0 is the row that predicts the next token. */
    probe(index: Row, probe: Probe): ProbeHandle;
    /** The logit mask of the next token, undefined without one. */
    readonly mask: Mask | undefined;
    /** Run the step, once. */
    execute(options?: Waiting): Promise<Output>;
  }
  /** A generation: iterate its steps, or collect to the end inside the engine. */
  export class Generator {
    private constructor();
    /** The context that it continues. */
    readonly context: Context;
    /** Tokens kept so far. */
    readonly tokensGenerated: number;
    /** Whether it has ended. */
    readonly isDone: boolean;
    /** Why it has ended; undefined while it runs. */
    readonly finishReason: FinishReason | undefined;
    /** Set the most tokens to generate. */
    maxTokens(value: number): this;
    /** Replace the stop tokens and strings; [] stops at nothing. */
    stop(value: Stops): this;
    /** Add stop tokens and strings. */
    addStop(value: Stops): this;
    /** Hold the text to a schema or a constraint. */
    constrain(constraint: Schema | Constraint | (Schema | Constraint)[]): this;
    /** Use a drafter of the program's own. */
    speculator(speculator: Speculator): this;
    /** Allow these tokens only, in every step. */
    logitMask(value: Brle): this;
    /** Say how many tokens the wallet is meant to last. */
    horizon(value: number): this;
    /** Compute the default bid anew for each step, or once. */
    rebidEachStep(value: boolean): this;
    /** Compute the next rows through an adapter, as it is now; undefined: the model as it is. */
    adapter(adapter: Adapter | undefined): this;
    /** Perturb the adapter by a seed; see `zo`. INVALID_ARGUMENT without an adapter, UNSUPPORTED. */
    zoSeed(value: number | bigint): this;
    /** Switch the engine's own drafts on or off. */
    systemSpeculation(value: boolean): this;
    /** As `systemSpeculation(false)`. */
    disableSystemSpeculation(): this;
    /** Set the seed of what is drawn. */
    seed(value: number | bigint): this;
    /** Set the most steps that the engine may be in front of the program; 0 for none. */
    runAhead(value: number): this;
    /** Ask for a probe in every step; the handle is good for each step's output. */
    probeEachStep(index: Row, probe: Probe): ProbeHandle;
    /** Return the next step, undefined when done. */
    next(): Promise<GenStep | undefined>;
    [Symbol.asyncIterator](): AsyncGenerator<GenStep>;
    /** Return the next accepted token, undefined when done. */
    nextToken(options?: Waiting): Promise<number | undefined>;
    /** Register tokens that the program chose; returns the accepted ones. */
    accept(ids: Ids): Uint32Array;
    /** Fork the context at the delivered state. */
    fork(): Context;
    /** As `fork`, a promise. */
    forkAsync(options?: Waiting): Promise<Context>;
    /** Save the context at the delivered state. */
    save(name: string, options?: SaveOptions): void;
    /** As `save`, a promise. */
    saveAsync(name: string, options?: SaveOptions & Waiting): Promise<void>;
    /** Save the context under a fresh name and return it. */
    snapshot(options?: { ttl?: number }): string;
    /** As `snapshot`, a promise. */
    snapshotAsync(options?: { ttl?: number } & Waiting): Promise<string>;
    /** End the generation. */
    close(): void;
    /** Run to the end inside the engine; return all tokens. */
    collectTokens(options?: Waiting): Promise<Uint32Array>;
    /** Run to the end inside the engine; return the visible text. */
    collectText(options?: { includeReasoning?: boolean } & Waiting): Promise<string>;
    /** Hold the text to a schema, any JSON without one, and return its value, or what `parse` makes of it. */
    collectJson<T = any>(options?: { schema?: JsonSource; parse?: (value: any) => T } & Waiting): Promise<T>;
    [Symbol.dispose](): void;
    [Symbol.asyncDispose](): Promise<void>;
  }

  // --- passes -----------------------------------------------------------------------------------
  /** One forward pass in the making. Setters return the builder. */
  export class Forward {
    private constructor();
    /** Return the slot of the first `input` row. */
    startPosition(): number;
    /** Return the tokens of one page. */
    pageSize(): number;
    /** Add rows at consecutive positions. */
    input(ids: Ids): this;
    /** Add rows at given positions. */
    inputAt(ids: Ids, positions: Ids): this;
    /** Draw a token at each of these rows. */
    sample(indices: Row | Iterable<Row>, sampler: Sampler): SampleHandle;
    /** Ask for a probe of a row. */
    probe(index: Row, probe: Probe): ProbeHandle;
    /** Allow these tokens only, at every sampled row. */
    mask(brle: Brle): this;
    /** Allow these tokens only, at one row. */
    maskAt(index: Row, brle: Brle): this;
    /** Set what each row may see, one mask of slots per row. */
    attentionMask(rows: Iterable<Brle>, options?: { causal?: boolean }): this;
    /** Leave all rows of this pass in working pages, within reach of `truncate`. */
    deferCommit(): this;
    /** Compute all rows of this pass, pending ones too, through an adapter; undefined: the model as it is. */
    adapter(adapter: Adapter | undefined): this;
    /** Perturb the adapter of this pass by a seed; see `zo`. UNSUPPORTED if the driver takes no adapters. */
    zoSeed(seed: number | bigint): this;
    /** Not offered: no loaded model takes media. */
    inputImage(image: unknown, anchor: number): never;
    /** Not offered: no loaded model takes media. */
    inputAudio(audio: unknown, anchor: number): never;
    /** Run the pass, once; pending tokens of the context are its first rows. */
    execute(options?: Waiting): Promise<Output>;
  }
  /** What `forward.sample` returns: which slot of the output holds the tokens. */
  export class SampleHandle {
    private constructor();
    /** Index in `output.raw.slots`. */
    readonly slot: number;
    /** Number of tokens. */
    readonly arity: number;
  }
  /** What `forward.probe` returns: which slot of the output holds the values. */
  export class ProbeHandle {
    private constructor();
    /** Index in `output.raw.slots`. */
    readonly slot: number;
    /** What was asked for. */
    readonly kind: ProbeKind;
  }
  /** What a pass, or a step of a generation, brought. */
  export class Output {
    private constructor();
    /** Return the first token of a sample; undefined for the row of a rejected draft. */
    token(h: SampleHandle): number | undefined;
    /** Return the tokens of all indices of a sample. */
    tokensAt(h: SampleHandle): Uint32Array;
    /** Return ids and probabilities, the likeliest first. */
    distribution(h: ProbeHandle): [Uint32Array, Float32Array];
    /** Return raw logits: four bytes for each entry of the vocabulary, little-endian floats. */
    logits(h: ProbeHandle): Uint8Array;
    /** Return log probabilities, in the order of the probe's tokens. */
    logprobs(h: ProbeHandle): Float32Array;
    /** Return the entropy of the distribution, in nats. */
    entropy(h: ProbeHandle): number;
    /** Tokens that the generator accepted in this step. */
    readonly tokens: Uint32Array;
    /** All slots of the pass, and drafts for the next step. */
    readonly raw: { slots: { tag: string; val: unknown }[]; specTokens: Uint32Array; specPositions: Uint32Array };
    /** Visible text that the tokens add. */
    readonly text: string;
    /** Why the generation has ended, on its last step. */
    readonly finishReason: FinishReason | undefined;
    /** Handle of the generator's own sampler. */
    readonly autoSampler: SampleHandle | undefined;
  }

  // --- samplers, probes, masks ------------------------------------------------------------------
  export interface Seeded { seed?: number | bigint }
  export interface Stages {
    repetitionPenalty?: number;
    presencePenalty?: number;
    frequencyPenalty?: number;
    logitBias?: Bias;
    temperature?: number;
    topK?: number;
    typical?: number;
    topP?: number;
    minP?: number;
  }
  /** How the next token is chosen, beside the logits. */
  export class Sampler {
    private constructor();
    /** Take the likeliest token. */
    static argmax(options?: Seeded): Sampler;
    /** Draw from the likeliest tokens with a probability of p together. */
    static topP(temperature?: number, p?: number, options?: Seeded): Sampler;
    /** Draw from the k likeliest tokens. */
    static topK(temperature?: number, k?: number, options?: Seeded): Sampler;
    /** Draw from tokens that are at least p times as likely as the likeliest. */
    static minP(temperature?: number, p?: number, options?: Seeded): Sampler;
    /** Draw by both rules. */
    static topKTopP(temperature?: number, k?: number, p?: number, options?: Seeded): Sampler;
    /** Draw from all tokens; `draws` independent ones per index, 1 in a generation. */
    static multinomial(temperature?: number, draws?: number, options?: Seeded): Sampler;
    /** Draw after stages in the order given; those given by name come in the order of this list of them. */
    static chain(stages: Stage[] | (Stages & Seeded), options?: Seeded): Sampler;
  }
  /** One link of `Sampler.chain`. */
  export class Stage {
    private constructor();
    /** Divide or multiply the logits of recent tokens by r. */
    static repetitionPenalty(r: number, window?: number): Stage;
    /** Take a from the logit of each generated token. */
    static presencePenalty(a: number): Stage;
    /** Take b from the logit of a generated token for each time it came. */
    static frequencyPenalty(b: number): Stage;
    /** Add to logits: a map from id to number, or a mask and a number. */
    static logitBias(bias: Bias | Brle, x?: number): Stage;
    /** Divide the logits by t; 0 takes the likeliest. */
    static temperature(t: number): Stage;
    /** Keep the k likeliest. */
    static topK(k: number): Stage;
    /** Keep the most typical tokens with a probability of tau together. */
    static typical(tau: number): Stage;
    /** Keep the likeliest tokens with a probability of q together. */
    static topP(q: number): Stage;
    /** Keep tokens that are at least q times as likely as the likeliest. */
    static minP(q: number): Stage;
  }
  export interface Masked { masked?: boolean }
  /** What to read at a row. */
  export class Probe {}
  /** Ask for the raw logits of a row. With `new` or without. */
  export const Logits: { new (options?: Masked): Logits; (options?: Masked): Logits };
  export interface Logits extends Probe { readonly kind: 'logits' }
  /** Ask for the k likeliest ids with their probabilities; 0 for all. With `new` or without. */
  export const Distribution: { new (temperature?: number, k?: number, options?: Masked): Distribution; (temperature?: number, k?: number, options?: Masked): Distribution };
  export interface Distribution extends Probe { readonly kind: 'distribution'; readonly temperature: number; readonly k: number }
  /** Ask for the log probability of a token. With `new` or without. */
  export const Logprob: { new (token: number, options?: Masked): Logprob; (token: number, options?: Masked): Logprob };
  export interface Logprob extends Probe { readonly kind: 'logprob'; readonly token: number }
  /** Ask for the log probabilities of tokens. With `new` or without. */
  export const Logprobs: { new (tokens: Ids, options?: Masked): Logprobs; (tokens: Ids, options?: Masked): Logprobs };
  export interface Logprobs extends Probe { readonly kind: 'logprobs'; readonly tokens: Uint32Array }
  /** Ask for the entropy of the distribution. With `new` or without. */
  export const Entropy: { new (options?: Masked): Entropy; (options?: Masked): Entropy };
  export interface Entropy extends Probe { readonly kind: 'entropy' }
  /** Run lengths: false, true, false, true …; all after the last run is false. */
  export class Mask extends Uint32Array {
    /** True from 0 to n. */
    static all(n: number): Mask;
    /** False from 0 to n. */
    static none(n: number): Mask;
    /** True from a to b, b not included. */
    static range(a: number, b: number): Mask;
    /** True in each half-open range; they may overlap. */
    static ranges(pairs: Iterable<Iterable<number>>): Mask;
    /** True at these ids. */
    static ids(ids: Ids): Mask;
    /** Make a mask of run lengths. */
    static fromBrle(runs: Ids): Mask;
    /** True at the last w of n. */
    static window(n: number, w: number): Mask;
    /** True at the first s and the last w of n. */
    static sink(n: number, s: number, w: number): Mask;
    /** Return f(slot) for each of `count` slots from `start` on. */
    static rows<T>(start: number, count: number, f: (slot: number) => T): T[];
    /** Return what is true in both. */
    and(other: Ids): Mask;
    /** Return what is true in one of them. */
    or(other: Ids): Mask;
    /** Return the opposite from 0 to n. */
    not(n: number): Mask;
    /** Return how many are true. */
    count(): number;
    /** Say whether i is true. */
    contains(i: number): boolean;
    /** Return run lengths, up to n. */
    toBrle(n?: number): Uint32Array;
  }

  // --- grammars ---------------------------------------------------------------------------------
  export interface SchemaOptions { lenient?: boolean; compact?: boolean }
  /** What a text may be; compiled when it is made. */
  export class Grammar {
    private constructor();
    /** Take a JSON Schema; `lenient` leaves out what is not supported, `compact` allows no white space. */
    static fromJsonSchema(schema: JsonSource, options?: SchemaOptions): Grammar;
    /** As `fromJsonSchema`, a promise. */
    static fromJsonSchemaAsync(schema: JsonSource, options?: SchemaOptions & Waiting): Promise<Grammar>;
    /** Take any JSON. */
    static json(): Grammar;
    /** As `json`, a promise. */
    static jsonAsync(options?: Waiting): Promise<Grammar>;
    /** Take texts that a regular expression matches as a whole. */
    static fromRegex(pattern: string | RegExp): Grammar;
    /** As `fromRegex`, a promise. */
    static fromRegexAsync(pattern: string | RegExp, options?: Waiting): Promise<Grammar>;
    /** Take texts of an EBNF grammar with the rule `root`. */
    static fromEbnf(text: string): Grammar;
    /** As `fromEbnf`, a promise. */
    static fromEbnfAsync(text: string, options?: Waiting): Promise<Grammar>;
    /** Keywords that `lenient` left out. */
    readonly ignored: string[];
    toString(): string;
  }
  /** Follows tokens through a grammar. */
  export class Matcher {
    constructor(grammar: Grammar, tokenizer: Tokenizer);
    /** As the constructor, a promise. */
    static createAsync(grammar: Grammar, tokenizer: Tokenizer, options?: Waiting): Promise<Matcher>;
    /** Advance by all of these tokens, or by none. GRAMMAR_VIOLATION where one is not allowed. */
    acceptTokens(ids: Ids): void;
    /** Return which tokens may come next. */
    nextTokenLogitMask(): Mask;
    /** Say whether a stop token was accepted. */
    isTerminated(): boolean;
    /** Return a copy. */
    fork(): Matcher;
    /** Undo the last n tokens. */
    rollback(n: number): void;
    /** Go back to the beginning. */
    reset(): void;
  }
  /** A constraint that the engine follows by itself. */
  export class GrammarConstraint implements Constraint {
    constructor(matcher: Matcher);
    /** As the constructor, a promise. */
    static createAsync(matcher: Matcher): Promise<GrammarConstraint>;
    /** Follow a grammar. */
    static fromGrammar(grammar: Grammar, model: Model): GrammarConstraint;
    /** As `fromGrammar`, a promise. */
    static fromGrammarAsync(grammar: Grammar, model: Model, options?: Waiting): Promise<GrammarConstraint>;
    /** Follow a JSON Schema. */
    static fromJsonSchema(schema: JsonSource, model: Model, options?: SchemaOptions): GrammarConstraint;
    /** As `fromJsonSchema`, a promise. */
    static fromJsonSchemaAsync(schema: JsonSource, model: Model, options?: SchemaOptions & Waiting): Promise<GrammarConstraint>;
    /** Follow any JSON. */
    static json(model: Model): GrammarConstraint;
    /** As `json`, a promise. */
    static jsonAsync(model: Model, options?: Waiting): Promise<GrammarConstraint>;
    /** Follow a regular expression. */
    static fromRegex(pattern: string | RegExp, model: Model): GrammarConstraint;
    /** As `fromRegex`, a promise. */
    static fromRegexAsync(pattern: string | RegExp, model: Model, options?: Waiting): Promise<GrammarConstraint>;
    /** Follow an EBNF grammar. */
    static fromEbnf(text: string, model: Model): GrammarConstraint;
    /** As `fromEbnf`, a promise. */
    static fromEbnfAsync(text: string, model: Model, options?: Waiting): Promise<GrammarConstraint>;
    /** Advance by tokens, and return which may come next. */
    step(accepted: Ids): Mask;
    /** Return a copy. */
    fork(): GrammarConstraint;
    /** Undo the last n tokens. */
    rollback(n: number): void;
    /** Whether a stop token was accepted. */
    readonly isTerminated: boolean;
  }
  /** Hold a text to a JSON Schema. */
  export function jsonSchema(schema: JsonSource, options?: SchemaOptions): Schema;
  /** Hold a text to JSON of any form. */
  export function anyJson(): Schema;
  /** Hold a text to a regular expression. */
  export function regex(pattern: string | RegExp): Schema;
  /** Hold a text to an EBNF grammar. */
  export function ebnf(text: string): Schema;
  /** Hold a text to a grammar that was made before. */
  export function grammar(grammar: Grammar): Schema;

  // --- chat, reasoning, tools -------------------------------------------------------------------
  export namespace chat {
    type Event =
      | { type: 'idle' }
      | { type: 'delta'; text: string }
      | { type: 'done'; text: string }
      | { type: 'interrupt'; token: number };
    const Event: {
      Idle(): Event;
      Delta(text: string): Event;
      Done(text: string): Event;
      Interrupt(token: number): Event;
    };
    /** Turn tokens into events, step by step. */
    class Decoder {
      constructor(model: Model, options?: { includeReasoning?: boolean });
      /** Take tokens; return the oldest event, idle without one. */
      feed(tokens: Ids | Output): Event;
      /** Take tokens; return all events in order. */
      feedAll(tokens: Ids | Output): Event[];
      /** Begin a new turn. */
      reset(): void;
    }
    /** Return the ids of a system message, which opens a conversation. */
    function system(model: Model, text: string): Uint32Array;
    /** Return the ids of a user message that continues one. */
    function user(model: Model, text: string): Uint32Array;
    /** Return the ids of an assistant message. */
    function assistant(model: Model, text: string): Uint32Array;
    /** Return the ids of a user message that opens a conversation. */
    function firstUser(model: Model, text: string): Uint32Array;
    /** Return the ids of a system and a user message. */
    function systemUser(model: Model, system: string, text: string): Uint32Array;
    /** Return the ids of a whole list of messages. */
    function render(model: Model, messages: Iterable<object>, options?: {
      tools?: Iterable<ToolLike>;
      addGenerationPrompt?: boolean;
      template?: Record<string, unknown>;
    }): Uint32Array;
    /** Return the generation header. */
    function cue(model: Model): Uint32Array;
    /** Return the end of a turn. */
    function seal(model: Model): Uint32Array;
    /** Return the ids that end a turn. */
    function stopTokens(model: Model): Uint32Array;
  }
  export namespace reasoning {
    type Event = { type: 'idle' } | { type: 'start' } | { type: 'delta'; text: string } | { type: 'end'; text: string };
    const Event: { Idle(): Event; Start(): Event; Delta(text: string): Event; End(text: string): Event };
    /** Turn tokens into events of their blocks of reasoning; for a model without reasoning all are idle. */
    class Decoder {
      constructor(model: Model);
      /** Take tokens; return the oldest event, idle without one. */
      feed(tokens: Ids | Output): Event;
      /** Take tokens; return all events in order. */
      feedAll(tokens: Ids | Output): Event[];
      /** Begin anew. */
      reset(): void;
    }
  }
  export interface ToolDescription { name: string; description?: string; parameters?: JsonSource }
  /** A function that a model may call. */
  export interface Tool<F extends (...args: any[]) => any = (...args: any[]) => any> {
    (...args: Parameters<F>): ReturnType<F>;
    readonly name: string;
    readonly description: string;
    readonly schema: object;
    /** Check arguments against the schema, and call the function with them. */
    call(args?: string | object): Promise<Awaited<ReturnType<F>>>;
  }
  export type ToolLike = Tool<any> | ToolDescription | { type: 'function'; function: ToolDescription };
  export namespace tools {
    type Call = { type: 'call'; name: string; args: string };
    type Event = { type: 'start' } | Call;
    const Event: { Start(): Event; Call(name: string, args: string): Event };
    /** Turn tokens into the calls that they hold; `feed` gives start where there is none. */
    class Decoder {
      constructor(model: Model);
      /** Take tokens; return the oldest call, else start. */
      feed(tokens: Ids | Output): Event;
      /** Take tokens; return all events in order. */
      feedAll(tokens: Ids | Output): Event[];
      /** Begin anew. */
      reset(): void;
    }
    /** Say whether the template has a tool form. */
    function supported(model: Model): boolean;
    /** Return the ids that register tools, none without a tool form. */
    function equipPrefix(model: Model, tools: Iterable<ToolLike>): Uint32Array;
    /** Return the ids that frame what a tool returned. */
    function answerPrefix(model: Model, name: string, value: unknown): Uint32Array;
    /** Return the grammar of the model's own form of calls, undefined without one. */
    function nativeGrammar(model: Model, tools: Iterable<ToolLike>): Grammar | undefined;
    /** As `nativeGrammar`, a promise. */
    function nativeGrammarAsync(model: Model, tools: Iterable<ToolLike>, options?: Waiting): Promise<Grammar | undefined>;
    /** Return a matcher of that grammar. */
    function nativeMatcher(model: Model, tools: Iterable<ToolLike>): Matcher | undefined;
    /** As `nativeMatcher`, a promise. */
    function nativeMatcherAsync(model: Model, tools: Iterable<ToolLike>, options?: Waiting): Promise<Matcher | undefined>;
    /** Return the first call of a finished output. */
    function parseCall(model: Model, output: string | Ids): Call | undefined;
    /** Return all calls of a finished output. */
    function parseCalls(model: Model, output: string | Ids): Call[];
    /** Make a tool of a function, which takes one object of arguments. */
    function tool<F extends (...args: any[]) => any>(description: ToolDescription, f: F): Tool<F>;
  }

  // --- the process ------------------------------------------------------------------------------
  export interface Stats {
    tokensIn: number;
    tokensOut: number;
    tokensReused: number;
    tokensRecomputed: number;
    tokensDrafted: number;
    tokensAccepted: number;
    tokensRolledBack: number;
    forwardPasses: number;
    timeWaiting: number;
    timeDriver: number;
    cpuTime: number;
    wallTime: number;
    pagesHeld: number;
    pagesPeak: number;
    pageSeconds: number;
    creditsSpent: number;
    rentPaid: number;
    makeCost: number;
    dividends: number;
    tokenBudget?: number;
    tokensLeft?: number;
    eventsDropped: number;
  }
  export namespace runtime {
    /** Return the engine's version. */
    function version(): string;
    /** Return the id of this process. */
    function instanceId(): string;
    /** Return the user who launched it. */
    function username(): string;
    /** Return the names of the loaded models; the first is the default. */
    function models(): string[];
    /** Return the own identity, name@x.y.z. */
    function program(): string;
    /** Return counters of this process. */
    function stats(): Stats;
    /** Start name@x.y.z as a child; returns at once. */
    function launch(program: string, input?: unknown, options?: { tokenBudget?: number }): Child;
  }
  /** A process that this one started. To let go of it lets it run on. */
  export class Child {
    private constructor();
    /** Return its process id. */
    pid(): string;
    /** Return the result if it has ended, else undefined. */
    get(): string | undefined;
    /** End it; no effect once it has ended. */
    cancel(): void;
    /** Return its result; fails with what ended it otherwise. */
    wait(options?: Waiting): Promise<string>;
    toString(): string;
  }
  export namespace session {
    /** Send a message: text as it is, anything else as JSON. */
    function send(value: unknown): void;
    /** As `send`, a promise: a client that lags holds nothing else up. What is said later comes after it. */
    function sendAsync(value: unknown, options?: Waiting): Promise<void>;
    /** Return the next message of the client. */
    function receive(options?: Waiting): Promise<string>;
    /** Set the result of a program whose `main` returns nothing. */
    function setReturn(value: unknown): void;
    /** Send a file to the client, which an event tells of it. */
    function sendFile(data: Uint8Array | ArrayBuffer | Iterable<number>, options?: { name?: string }): void;
    function sendFileAsync(data: Uint8Array | ArrayBuffer | Iterable<number>, options?: { name?: string } & Waiting): Promise<void>;
    /** Return the next file of the client. */
    function receiveFile(options?: Waiting): Promise<Uint8Array>;
  }
  export namespace messaging {
    /** Append a message to a queue. */
    function push(topic: string, message: string): void;
    /** Return the oldest message of a queue; one puller gets it. */
    function pull(topic: string, options?: Waiting): Promise<string>;
    /** Send a message to all subscriptions of now. */
    function broadcast(topic: string, message: string): void;
    /** Receive what is broadcast from this call on. */
    function subscribe(topic: string, options?: { capacity?: number }): Subscription;
  }
  /** Iterate over its messages; the iteration ends once it is closed. */
  export class Subscription {
    private constructor();
    /** Return the next message, undefined once closed. */
    next(options?: Waiting): Promise<string | undefined>;
    [Symbol.asyncIterator](): AsyncGenerator<string>;
    /** Messages lost because nobody took them in time. */
    readonly dropped: number;
    /** End it. */
    unsubscribe(): void;
    /** As `unsubscribe`. */
    close(): void;
    [Symbol.dispose](): void;
    [Symbol.asyncDispose](): Promise<void>;
  }
  export namespace mcp {
    /** Return the names of the servers. */
    function availableServers(): string[];
    /** As `availableServers`, a promise. */
    function availableServersAsync(): Promise<string[]>;
    /** Connect to a server. NOT_FOUND for an unknown one. */
    function connect(name: string): McpSession;
    /** As `connect`, a promise. */
    function connectAsync(name: string, options?: Waiting): Promise<McpSession>;
  }
  /** A server's tools, resources and prompts; results are raw JSON text, a tool's own failure is isError inside it. */
  export class McpSession {
    private constructor();
    /** List its tools. */
    listTools(): string;
    /** As `listTools`, a promise. */
    listToolsAsync(options?: Waiting): Promise<string>;
    /** List its resources. */
    listResources(): string;
    /** As `listResources`, a promise. */
    listResourcesAsync(options?: Waiting): Promise<string>;
    /** List its prompts. */
    listPrompts(): string;
    /** As `listPrompts`, a promise. */
    listPromptsAsync(options?: Waiting): Promise<string>;
    /** Call a tool. */
    callTool(name: string, args?: JsonSource): string;
    /** As `callTool`, a promise. */
    callToolAsync(name: string, args?: JsonSource, options?: Waiting): Promise<string>;
    /** Read a resource. */
    readResource(uri: string): string;
    /** As `readResource`, a promise. */
    readResourceAsync(uri: string, options?: Waiting): Promise<string>;
    /** Return a prompt. */
    getPrompt(name: string, args?: JsonSource): string;
    /** As `getPrompt`, a promise. */
    getPromptAsync(name: string, args?: JsonSource, options?: Waiting): Promise<string>;
    /** Let the handle go. */
    close(): void;
    [Symbol.dispose](): void;
    [Symbol.asyncDispose](): Promise<void>;
  }
  export namespace timers {
    /** Wait. */
    function sleep(ms: number, options?: Waiting): Promise<void>;
    /** Return the result of a promise, or fail with TIMEOUT. */
    function timeout<T>(promise: Promise<T>, ms: number): Promise<T>;
  }
  export interface SnapshotRecord {
    name: string;
    model: string;
    tokens: number;
    pages: number;
    bytes: number;
    created: number;
    expires?: number;
  }
  export namespace zo {
    /**
     * Begin to search around what is loaded, or around a fresh adapter of queries and values that adds nothing. alpha / rank scales what is
     * added; populationSize is the most seeds of one update, muFraction of them are recombined; initialSigma is the standard deviation of a
     * perturbation of one number. INVALID_ARGUMENT, PERMISSION_DENIED, UNSUPPORTED for a rank over the driver's.
     */
    function initialize(adapter: Adapter, rank: number, alpha: number, populationSize: number, muFraction: number, initialSigma: number): void;
    /** As `initialize`, a promise. */
    function initializeAsync(adapter: Adapter, rank: number, alpha: number, populationSize: number, muFraction: number, initialSigma: number, options?: Waiting): Promise<void>;
    /**
     * Go one generation on: rank by score, higher is better, recombine the best max(1, floor(muFraction * n)) perturbations, adapt the step
     * size up to maxSigma. INVALID_ARGUMENT for lengths, a score that is not finite, or without `initialize`.
     */
    function update(adapter: Adapter, scores: Iterable<number>, seeds: Iterable<number | bigint>, maxSigma: number): void;
    /** As `update`, a promise. */
    function updateAsync(adapter: Adapter, scores: Iterable<number>, seeds: Iterable<number | bigint>, maxSigma: number, options?: Waiting): Promise<void>;
    /** Perturb the adapter of a pass, as `forward.zoSeed` does. */
    function adapterSeed(forward: Forward, seed: number | bigint): Forward;
  }
  export namespace contexts {
    /** List snapshots by name; times in milliseconds of the epoch. */
    function list(model?: Model, prefix?: string): SnapshotRecord[];
    /** As `list`, a promise. */
    function listAsync(model?: Model, prefix?: string, options?: Waiting): Promise<SnapshotRecord[]>;
    /** Return one record. NOT_FOUND without a snapshot of the name. */
    function info(model: Model | undefined, name: string): SnapshotRecord;
    /** As `info`, a promise. */
    function infoAsync(model: Model | undefined, name: string, options?: Waiting): Promise<SnapshotRecord>;
  }
  export namespace scheduling {
    /** Credits of this process on a model. */
    function balance(model: Model): number;
    /** Clearing price of the context's device, credits a page and tick; 0 without contention. */
    function rent(ctx: Context): number;
    /** Credits that the last tick paid to this process. */
    function dividend(model: Model): number;
    /** Seconds that a step of the context's device takes, as a moving average. */
    function latency(ctx: Context): number;
    /** Credits that a new page costs. */
    function price(): number;
    /** Why this process waits or runs slowly: the record of the server's explain route. */
    function explain(): Record<string, any>;
    /** As `explain`, a promise. */
    function explainAsync(options?: Waiting): Promise<Record<string, any>>;
  }
  /** A request to this program, which its exported handle is called with. */
  export interface ServerRequest extends Request {
    /** What comes after the program's own address, with a slash in front. */
    readonly path: string;
    readonly query: URLSearchParams;
  }
  export namespace http {
    /** Send a request; as the global fetch. */
    function fetch(url: string | URL | Request, init?: RequestInit & { timeout?: number }): Promise<Response>;
    /** Return the body of an answer with a status of 2xx. */
    function get(url: string | URL, options?: { headers?: HeadersInit } & Waiting): Promise<Uint8Array>;
    /** Answer with server-sent events, each sent at once: text, objects with event, data, id and retry, or any JSON value. */
    function sse(events: Iterable<any> | AsyncIterable<any>, init?: { status?: number; headers?: HeadersInit }): Response;
  }
  export interface Room { used: number; allowed: number; files: number; allowedFiles: number }
  export namespace filesystem {
    /** Return what /scratch and /data hold and may hold. */
    function usage(): { scratch: Room; data: Room };
  }
  export namespace polyglot {
    /** Load a file of the program in another language, once; its functions run to their end. */
    function load(file: string): Record<string, (...args: any[]) => any>;
  }

  // --- errors -----------------------------------------------------------------------------------
  /** The one list of codes. */
  export const ErrorCode: {
    readonly INVALID_ARGUMENT: 'INVALID_ARGUMENT';
    readonly CONTEXT_LENGTH_EXCEEDED: 'CONTEXT_LENGTH_EXCEEDED';
    readonly OUT_OF_PAGES: 'OUT_OF_PAGES';
    readonly PERMISSION_DENIED: 'PERMISSION_DENIED';
    readonly NOT_FOUND: 'NOT_FOUND';
    readonly ALREADY_EXISTS: 'ALREADY_EXISTS';
    readonly UNSUPPORTED: 'UNSUPPORTED';
    readonly BAD_REQUEST: 'BAD_REQUEST';
    readonly INVALID_MANIFEST: 'INVALID_MANIFEST';
    readonly SOURCE_ERROR: 'SOURCE_ERROR';
    readonly UNAUTHENTICATED: 'UNAUTHENTICATED';
    readonly METHOD_NOT_ALLOWED: 'METHOD_NOT_ALLOWED';
    readonly NOT_ACCEPTABLE: 'NOT_ACCEPTABLE';
    readonly UNSUPPORTED_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE';
    readonly UPGRADE_REQUIRED: 'UPGRADE_REQUIRED';
    readonly CONFLICT: 'CONFLICT';
    readonly PAYLOAD_TOO_LARGE: 'PAYLOAD_TOO_LARGE';
    readonly RATE_LIMITED: 'RATE_LIMITED';
    readonly QUOTA_EXCEEDED: 'QUOTA_EXCEEDED';
    readonly GRAMMAR_VIOLATION: 'GRAMMAR_VIOLATION';
    readonly GUEST_ERROR: 'GUEST_ERROR';
    readonly LIMIT_EXCEEDED: 'LIMIT_EXCEEDED';
    readonly CANCELLED: 'CANCELLED';
    readonly BUDGET_EXHAUSTED: 'BUDGET_EXHAUSTED';
    readonly TIMEOUT: 'TIMEOUT';
    readonly STORAGE_FULL: 'STORAGE_FULL';
    readonly UPSTREAM_FAILURE: 'UPSTREAM_FAILURE';
    readonly OVERLOADED: 'OVERLOADED';
    readonly DRAINING: 'DRAINING';
    readonly NOT_READY: 'NOT_READY';
    readonly DRIVER_FAILURE: 'DRIVER_FAILURE';
    readonly DEVICE_LOST: 'DEVICE_LOST';
    readonly INTERNAL: 'INTERNAL';
  };
  export type ErrorCode = keyof typeof ErrorCode;
  /** A failure that the engine raised; `code` names it, `details` holds facts for programs. */
  export class PieError extends Error {
    constructor(message: string, options?: { code?: ErrorCode; details?: Record<string, any> });
    readonly code: ErrorCode;
    readonly details: Record<string, any>;
  }
  /** INVALID_ARGUMENT. */
  export class InvalidArgumentError extends PieError {}
  /** INVALID_ARGUMENT for a wrong type. */
  export class InvalidTypeError extends InvalidArgumentError {}
  /** CONTEXT_LENGTH_EXCEEDED. */
  export class ContextLengthError extends PieError {}
  /** OUT_OF_PAGES. */
  export class OutOfPagesError extends PieError {}
  /** PERMISSION_DENIED. */
  export class PermissionDeniedError extends PieError {}
  /** NOT_FOUND. */
  export class NotFoundError extends PieError {}
  /** ALREADY_EXISTS. */
  export class AlreadyExistsError extends PieError {}
  /** UNSUPPORTED. */
  export class UnsupportedError extends PieError {}
  /** GRAMMAR_VIOLATION. */
  export class GrammarViolationError extends PieError {}
  /** GUEST_ERROR. */
  export class GuestError extends PieError {}
  /** LIMIT_EXCEEDED. */
  export class LimitExceededError extends PieError {}
  /** CANCELLED. */
  export class CancelledError extends PieError {}
  /** BUDGET_EXHAUSTED. */
  export class BudgetExhaustedError extends PieError {}
  /** TIMEOUT. */
  export class PieTimeoutError extends PieError {}
  /** STORAGE_FULL. */
  export class StorageFullError extends PieError {}
  /** UPSTREAM_FAILURE. */
  export class UpstreamError extends PieError {}
  /** DRIVER_FAILURE. */
  export class DriverFailureError extends PieError {}
  /** DEVICE_LOST. */
  export class DeviceLostError extends DriverFailureError {}
  /** INTERNAL. */
  export class InternalError extends PieError {}

  // --- what this server does not offer ----------------------------------------------------------
  /** Not offered: no loaded model takes or makes media. */
  export class Image {
    /** Not offered. */
    static fromBytes(...args: unknown[]): never;
  }
  /** Not offered: no loaded model takes or makes media. */
  export class Audio {
    /** Not offered. */
    static fromBytes(...args: unknown[]): never;
  }
  /** Not offered: no loaded model takes or makes media. */
  export class Video {
    /** Not offered. */
    static fromBytes(...args: unknown[]): never;
  }
  /** Not offered: no loaded model takes or makes media. */
  export class Speech {}
  /** Not offered: no loaded model takes or makes media. */
  export class SpeechBuilder {}
  /** Return a WAV file of one channel, 16 bits a sample, of samples from -1 to 1; `rate` of them a second. */
  export function writeWav(pcm: ArrayLike<number> | Iterable<number>, rate: number): Uint8Array;
}

declare module '@pie-project/inferlet' {
  export * from 'inferlet';
}

/** The same interface, as a global. */
declare const pie: typeof import('inferlet');

declare module 'node:fs/promises' {
  export function readFile(path: string): Promise<Uint8Array>;
  export function readFile(path: string, encoding: string | { encoding: string }): Promise<string>;
  export function writeFile(path: string, data: string | Uint8Array, options?: unknown): Promise<void>;
  export function appendFile(path: string, data: string | Uint8Array, options?: unknown): Promise<void>;
  export function mkdir(path: string, options?: { recursive?: boolean }): Promise<string | undefined>;
  export function readdir(path: string): Promise<string[]>;
  export function stat(path: string): Promise<{ size: number; mtimeMs: number; isFile(): boolean; isDirectory(): boolean }>;
  export function rm(path: string, options?: { recursive?: boolean; force?: boolean }): Promise<void>;
  export function rename(from: string, to: string): Promise<void>;
  export function unlink(path: string): Promise<void>;
  export function access(path: string, mode?: number): Promise<void>;
}
