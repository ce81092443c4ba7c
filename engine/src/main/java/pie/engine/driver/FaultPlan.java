package pie.engine.driver;

import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import pie.engine.PieException;
import pie.engine.driver.FaultyDriver.Fault;

/**
 * Say which steps of a driver break and how, as people write it: {@code nan=0.01,memory=0.02,lose@500,seed=7} breaks one step in a
 * hundred by rows of no number, one in fifty for want of memory, and loses the device at step 500. Copies of pages break at the rate
 * of {@code copy}.
 */
public final class FaultPlan {
    private final Random random;
    private final Map<Fault, Double> rates = new EnumMap<>(Fault.class);
    private final Map<Long, Fault> at = new TreeMap<>();
    private List<Fault> even = List.of();
    private double evenRate;
    private double copyRate;
    private long steps;

    private FaultPlan(long seed) {
        random = new Random(seed);
    }

    /** Break a share of all steps and copies, each by one of some faults. */
    static FaultPlan evenly(long seed, double rate, Fault... faults) {
        FaultPlan plan = new FaultPlan(seed);
        plan.even = List.of(faults);
        plan.evenRate = rate;
        plan.copyRate = rate;
        return plan;
    }

    /** @throws PieException INVALID_ARGUMENT naming the part that cannot be read */
    public static FaultPlan parse(String text) {
        long seed = 1;
        for (String part : text.split(",", -1)) {
            if (part.startsWith("seed=")) {
                seed = number(part, part.substring(5), Long::parseLong);
            }
        }
        FaultPlan plan = new FaultPlan(seed);
        for (String part : text.split(",", -1)) {
            if (!part.startsWith("seed=")) {
                plan.add(part.trim());
            }
        }
        return plan;
    }

    private void add(String part) {
        int mark = Math.max(part.indexOf('='), part.indexOf('@'));
        if (mark < 0) {
            throw wrong(part);
        }
        String name = part.substring(0, mark);
        String value = part.substring(mark + 1);
        if (part.charAt(mark) == '@') {
            at.put(number(part, value, Long::parseLong), fault(part, name));
            return;
        }
        double rate = number(part, value, Double::parseDouble);
        if (!(rate >= 0 && rate <= 1)) {
            throw wrong(part);
        }
        if (name.equals("copy")) {
            copyRate = rate;
        } else {
            rates.put(fault(part, name), rate);
        }
    }

    private static Fault fault(String part, String name) {
        for (Fault fault : Fault.values()) {
            if (fault.name().toLowerCase(Locale.ROOT).equals(name)) {
                return fault;
            }
        }
        throw wrong(part);
    }

    private interface Reading<T> {
        T of(String text);
    }

    private static <T> T number(String part, String text, Reading<T> reading) {
        try {
            return reading.of(text);
        } catch (NumberFormatException e) {
            throw wrong(part);
        }
    }

    private static PieException wrong(String part) {
        StringBuilder names = new StringBuilder();
        for (Fault fault : Fault.values()) {
            names.append(fault.name().toLowerCase(Locale.ROOT)).append(' ');
        }
        return PieException.invalid("faults cannot be read at \"" + part
                + "\": give FAULT=RATE with a rate from 0 to 1, FAULT@STEP, copy=RATE or seed=N, with commas between; faults are "
                + names.toString().trim());
    }

    /** Decide about the next step. */
    synchronized Optional<Fault> next() {
        Fault planned = at.get(++steps);
        if (planned != null) {
            return Optional.of(planned);
        }
        double left = random.nextDouble();
        if (!even.isEmpty()) {
            return left >= evenRate ? Optional.empty() : Optional.of(even.get(random.nextInt(even.size())));
        }
        for (Map.Entry<Fault, Double> each : rates.entrySet()) {
            left -= each.getValue();
            if (left < 0) {
                return Optional.of(each.getKey());
            }
        }
        return Optional.empty();
    }

    /** Decide about the next copy. */
    synchronized boolean nextCopy() {
        return random.nextDouble() < copyRate;
    }
}
