package pie.engine.generate;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Draw by the letter of the specification, with sorted lists and unbounded integers; the twin that {@link RowSampler} must equal. */
final class PlainSampler {
    private static final BigInteger TWO_53 = BigInteger.ONE.shiftLeft(53);
    private static final float[] C = {
        1f, 0x1.62e42cp-1f, 0x1.ebfd5ap-3f, 0x1.c688f0p-5f, 0x1.3d0c40p-7f, 0x1.46d326p-10f, 0x1.c54640p-13f
    };

    private final float[] z;
    private List<Integer> kept = new ArrayList<>();
    private float t = 1f;

    PlainSampler(float[] logits, boolean[] allowed) {
        z = logits.clone();
        for (int i = 0; i < z.length; i++) {
            if (allowed[i] && z[i] != Float.NEGATIVE_INFINITY) {
                kept.add(i);
            }
        }
    }

    /** Return the token, -2 if nothing is left. */
    int draw(List<Stage> chain, long seed, long n, int draw) {
        if (kept.isEmpty()) {
            return -2;
        }
        for (Stage stage : chain) {
            switch (stage) {
                case Stage.LogitBias bias -> {
                    bake();
                    bias.bias().forEach((id, x) -> z[id] = z[id] + x);
                }
                case Stage.RepetitionPenalty p -> {
                    bake();
                    for (int id = 0; id < z.length; id += 3) {
                        z[id] = z[id] > 0 ? z[id] / p.penalty() : z[id] * p.penalty();
                    }
                }
                case Stage.Temperature temperature -> {
                    t *= temperature.temperature();
                    if (temperature.temperature() <= 1e-5f || t <= 1e-5f) {
                        return order().getFirst();
                    }
                }
                case Stage.TopK top -> {
                    if (top.k() > 0 && top.k() < kept.size()) {
                        keep(order().subList(0, top.k()));
                    }
                }
                case Stage.TopP top -> {
                    if (top.mass() < 1f) {
                        keep(prefix(order(), top.mass()));
                    }
                }
                case Stage.MinP min -> {
                    BigInteger least = new BigDecimal(Math.min(min.ratio(), 1f))
                            .multiply(new BigDecimal(BigInteger.ONE.shiftLeft(40)))
                            .setScale(0, RoundingMode.CEILING)
                            .toBigInteger();
                    float max = max();
                    keep(kept.stream()
                            .filter(i -> weight(i, max).compareTo(least) >= 0)
                            .toList());
                }
                case Stage.Typical typical -> {
                    if (typical.mass() < 1f) {
                        keep(prefix(typicalOrder(), typical.mass()));
                    }
                }
                default -> throw new IllegalArgumentException(stage.toString());
            }
        }
        BigInteger total = total();
        float max = max();
        BigInteger place = BigInteger.valueOf(Philox.bits53(seed, n, draw, 0))
                .multiply(total)
                .divide(TWO_53);
        BigInteger sum = BigInteger.ZERO;
        for (int id : kept) {
            sum = sum.add(weight(id, max));
            if (sum.compareTo(place) > 0) {
                return id;
            }
        }
        throw new IllegalStateException();
    }

    private List<Integer> order() {
        return kept.stream()
                .sorted(Comparator.<Integer>comparingDouble(i -> -z[i] + 0.0).thenComparing(i -> i))
                .toList();
    }

    private List<Integer> typicalOrder() {
        float max = max();
        double total = total().doubleValue();
        double[] share = new double[z.length];
        kept.forEach(id -> share[id] = weight(id, max).doubleValue() / total);
        double all = 0;
        for (int from = 0; from < z.length; from += 1024) {
            double block = 0;
            for (int id = from; id < Math.min(from + 1024, z.length); id++) {
                block -= share[id] > 0 ? share[id] * StrictMath.log(share[id]) : 0;
            }
            all += block;
        }
        double entropy = all;
        double[] away = new double[z.length];
        kept.forEach(id ->
                away[id] = share[id] == 0 ? Double.POSITIVE_INFINITY : Math.abs(-StrictMath.log(share[id]) - entropy));
        return order().stream()
                .sorted(Comparator.comparingDouble(id -> away[id]))
                .toList();
    }

    private List<Integer> prefix(List<Integer> order, float mass) {
        BigInteger least = BigInteger.valueOf((long) Math.ceil(mass * total().doubleValue()));
        float max = max();
        BigInteger sum = BigInteger.ZERO;
        int n = 0;
        do {
            sum = sum.add(weight(order.get(n++), max));
        } while (sum.compareTo(least) < 0);
        return order.subList(0, n);
    }

    private void keep(List<Integer> those) {
        kept = those.stream().sorted().toList();
    }

    private void bake() {
        if (t != 1f) {
            float inverse = 1f / t;
            for (int i : kept) {
                z[i] = z[i] * inverse;
            }
        }
        t = 1f;
    }

    private float max() {
        return (float) kept.stream().mapToDouble(i -> z[i]).max().orElseThrow();
    }

    private BigInteger total() {
        float max = max();
        return kept.stream().map(i -> weight(i, max)).reduce(BigInteger.ZERO, BigInteger::add);
    }

    private BigInteger weight(int id, float max) {
        float y = (z[id] - max) * (1f / t);
        float x = Math.max(y * 0x1.715476p0f, -64f);
        int n = (int) Math.floor(x);
        float f = x - n;
        float r = C[6];
        for (int i = 5; i >= 0; i--) {
            float product = f * r;
            r = C[i] + product;
        }
        BigInteger scaled =
                BigInteger.valueOf((long) (r * 0x1p30f)); // exact: r has 24 significant bits and is at least 1
        int shift = 40 - 30 + n;
        return shift >= 0 ? scaled.shiftLeft(shift) : scaled.shiftRight(-shift);
    }
}
