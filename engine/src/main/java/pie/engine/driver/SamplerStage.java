package pie.engine.driver;

/** Number the stages of a sampler chain as they stand in {@link ForwardBatch#stageKind}. */
public final class SamplerStage {
    /** Add and multiply single logits; takes {@link ForwardBatch#adjustIndptr} of the stage. */
    public static final byte ADJUST = 1;
    /** l = l / param; a param of 1e-5 or less makes the draw an argmax over what is kept. */
    public static final byte TEMPERATURE = 2;

    public static final byte TOP_K = 3;
    public static final byte TYPICAL = 4;
    public static final byte TOP_P = 5;
    public static final byte MIN_P = 6;

    private SamplerStage() {}
}
