package pie.engine.model;

/** Compute what rotary frequencies are divided by. */
final class RopeFactors {
    private RopeFactors() {}

    /**
     * Return Llama 3's factors, one per frequency pair: short waves keep theirs, long ones are stretched by {@code factor},
     * with a smooth passage between.
     *
     * <p>Source: {@code _compute_llama3_parameters} of Hugging Face transformers.
     */
    static float[] llama3(
            double base, int rotaryDim, double factor, double lowFactor, double highFactor, double originalContext) {
        float[] factors = new float[rotaryDim / 2];
        double longWave = originalContext / lowFactor;
        double shortWave = originalContext / highFactor;
        for (int i = 0; i < factors.length; i++) {
            double wave = 2 * Math.PI * Math.pow(base, 2.0 * i / rotaryDim);
            if (wave < shortWave) {
                factors[i] = 1;
            } else if (wave > longWave) {
                factors[i] = (float) factor;
            } else {
                double smooth = (originalContext / wave - lowFactor) / (highFactor - lowFactor);
                factors[i] = (float) (1 / ((1 - smooth) / factor + smooth));
            }
        }
        return factors;
    }
}
