package pie.engine.driver;

/** Say what a probe reads of a row's logits. */
public enum ProbeKind {
    /** All V logits. */
    LOGITS,
    /** Ids and probabilities, descending. */
    DISTRIBUTION,
    /** Log probabilities of given ids. */
    LOGPROBS,
    /** Entropy in nats, one value. */
    ENTROPY
}
