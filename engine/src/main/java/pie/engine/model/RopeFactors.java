package pie.engine.model;

import java.util.ArrayList;
import java.util.List;

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

    /** Return what LongRoPE multiplies sines and cosines by, for a model stretched from {@code original} tokens to {@code most}. */
    static float magnitude(int most, int original) {
        double stretch = (double) most / original;
        return stretch <= 1 ? 1 : (float) Math.sqrt(1 + Math.log(stretch) / Math.log(original));
    }

    static List<Float> list(float[] factors) {
        List<Float> list = new ArrayList<>();
        for (float factor : factors) {
            list.add(factor);
        }
        return list;
    }
}
