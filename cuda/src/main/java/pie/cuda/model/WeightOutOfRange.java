package pie.cuda.model;

/** Report a weight that f16 does not hold; bf16 does. */
public final class WeightOutOfRange extends ArithmeticException {
    WeightOutOfRange(float v) {
        super("a weight is " + v + ", more than f16 holds: open with driver option weights = bf16");
    }
}
