package pie.engine.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import pie.engine.EngineConfig;
import pie.engine.Speculation;
import pie.engine.driver.FaultyDriver.Fault;
import pie.engine.market.MarketConfig;

/**
 * Describe one simulation; all of it follows from the seed.
 *
 * @param longest tokens that a context of a program never exceeds
 * @param thinkNanos longest pause of a program between two calls
 * @param spreadNanos time in which the programs arrive
 * @param faultRate share of steps and copies that go wrong
 * @param ownSeeds whether programs name the seeds of their draws
 * @param drafts whether programs let the engine draft tokens, for texts that repeat themselves
 * @param sights whether programs hide tokens from rows: by masks, drops and windows
 * @param extras what came to simulations later
 */
record Scenario(
        long seed,
        int pages,
        int pageSize,
        int batchTokens,
        int batchSize,
        int programs,
        int longest,
        long thinkNanos,
        long spreadNanos,
        double faultRate,
        List<Fault> faults,
        SimDriver.Cost cost,
        boolean ownSeeds,
        boolean sights,
        boolean drafts,
        EngineConfig config,
        Extras extras) {
    private static final boolean SIGHTS = Boolean.parseBoolean(System.getProperty("pie.sim.sights", "true"));
    private static final boolean DRAFTS = Boolean.parseBoolean(System.getProperty("pie.sim.drafts", "true"));
    static final int VOCAB = 64;
    static final int CONTEXT = 2048;
    private static final Fault[] FAULTS = {
        Fault.THROW, Fault.FAIL, Fault.NAN, Fault.MALFORMED, Fault.HANG, Fault.LATE, Fault.TWICE
    };

    /** Return the scenario of a seed; half of them keep two steps with the device. */
    static Scenario of(long seed) {
        return of(seed, depth(seed));
    }

    static int depth(long seed) {
        return 1 + (int) (seed * 0x9e3779b97f4a7c15L >>> 63);
    }

    static Scenario of(long seed, int depth) {
        Scenario plain = plain(seed, depth);
        Extras extras = Extras.of(seed, plain.pages);
        return plain.with(extras, plain.config.withHostPages(extras.hostPages()));
    }

    private Scenario with(Extras more, EngineConfig changed) {
        return new Scenario(
                seed,
                pages,
                pageSize,
                batchTokens,
                batchSize,
                programs,
                longest,
                thinkNanos,
                spreadNanos,
                faultRate,
                faults,
                cost,
                ownSeeds,
                sights,
                drafts,
                changed,
                more);
    }

    /** Return the scenario of a seed as it was before there were extras. */
    static Scenario plain(long seed, int depth) {
        Random random = new Random(seed * 0x9e3779b97f4a7c15L + 1);
        Random taste = new Random(seed * 0x9e3779b97f4a7c15L + 2);
        int pageSize = 8 << random.nextInt(4);
        int pages = 8 + (random.nextInt(3) == 0 ? random.nextInt(505) : random.nextInt(40));
        int batchTokens = pageSize * (2 + random.nextInt(6)) + random.nextInt(pageSize);
        boolean faulty = random.nextInt(3) == 0;
        List<Fault> faults = new ArrayList<>();
        while (faults.isEmpty()) {
            for (Fault fault : FAULTS) {
                if (random.nextInt(3) == 0) {
                    faults.add(fault);
                }
            }
        }
        if (random.nextInt(20) == 0) {
            faults.add(Fault.LOSE);
        }
        long step = 200_000L + random.nextInt(3_000_000);
        EngineConfig config = new EngineConfig(
                        random.nextInt(4) > 0,
                        64 + random.nextInt(4096),
                        1024,
                        pageSize * (1 + random.nextInt(8)),
                        Duration.ofMillis(1 + random.nextInt(50)),
                        Duration.ofMillis(100 + random.nextInt(2000)))
                .withPipelineDepth(depth);
        return new Scenario(
                seed,
                pages,
                pageSize,
                batchTokens,
                1 + random.nextInt(16),
                1 + random.nextInt(10),
                Math.min(260, pages * pageSize - pageSize),
                random.nextInt(4) == 0 ? 0 : random.nextInt(20_000_000),
                random.nextInt(50_000_000),
                faulty ? 0.002 + random.nextDouble() * 0.05 : 0,
                List.copyOf(faults),
                new SimDriver.Cost(step, step / 100, step / 10_000, random.nextInt(4) == 0 ? 0.005 : 0),
                faulty,
                SIGHTS && random.nextInt(3) == 0,
                DRAFTS && taste.nextInt(3) > 0,
                config.withSpeculation(taste.nextInt(4) > 0 ? Speculation.ALWAYS : Speculation.AUTO),
                Extras.NONE);
    }

    /** Return a world with room for less than those who want it. */
    static Scenario siege() {
        MarketConfig rules = MarketConfig.DEFAULT;
        MarketConfig wealthy = new MarketConfig(
                1_000_000,
                rules.refillPeriod(),
                rules.refillCap(),
                rules.residency(),
                rules.makeAgainPpm(),
                rules.aging(),
                rules.agingQuantum(),
                rules.agingSharePpm(),
                rules.hardCredits(),
                rules.purseTtl());
        return new Scenario(
                0,
                30,
                16,
                256,
                8,
                0,
                240,
                0,
                0,
                0,
                List.of(Fault.FAIL),
                new SimDriver.Cost(3_000_000, 10_000, 100, 0),
                true,
                false,
                false,
                EngineConfig.DEFAULT.withHostPages(0).withMarket(wealthy),
                Extras.NONE);
    }

    /** Return a world with pages for two fifths of what is wanted, in which steps take long. */
    static Scenario crowd(long seed) {
        return new Scenario(
                seed,
                160,
                16,
                256,
                64,
                0,
                400,
                0,
                0,
                0,
                List.of(Fault.FAIL),
                new SimDriver.Cost(50_000_000, 10_000, 100, 0),
                true,
                false,
                false,
                EngineConfig.DEFAULT.withHostPages(0).withPipelineDepth(1).withSpeculation(Speculation.OFF),
                Extras.NONE);
    }

    /** Return a world in which programs think for up to 12 ms, and steps take long and longer the more rows they have. */
    static Scenario rush(long seed, int pages) {
        return new Scenario(
                seed,
                pages,
                16,
                256,
                64,
                0,
                400,
                12_000_000,
                0,
                0,
                List.of(Fault.FAIL),
                new SimDriver.Cost(20_000_000, 300_000, 0, 0),
                true,
                false,
                false,
                EngineConfig.DEFAULT.withHostPages(0).withSpeculation(Speculation.OFF),
                Extras.NONE);
    }

    /** Return a world for one of the programs in which nothing matters that must not: other slices, depth, tiers and reuse. */
    Scenario otherwise() {
        Random random = new Random(seed * 0x9e3779b97f4a7c15L + 4);
        Scenario alone = alone();
        int most = alone.pages * pageSize;
        EngineConfig other = config.withPipelineDepth(1 + random.nextInt(2))
                .withPrefixCache(random.nextBoolean())
                .withHostPages(random.nextBoolean() ? 0 : 1 + random.nextInt(alone.pages))
                .withSpeculation(random.nextBoolean() ? Speculation.ALWAYS : Speculation.OFF);
        return new Scenario(
                seed,
                alone.pages,
                pageSize,
                Math.min(most, pageSize * (2 + random.nextInt(3)) + random.nextInt(pageSize)),
                1 + random.nextInt(3),
                1,
                longest,
                0,
                0,
                0,
                faults,
                new SimDriver.Cost(cost.step(), cost.row(), cost.kvToken(), 0),
                ownSeeds,
                sights,
                drafts,
                other,
                extras.alone());
    }

    /** Return the same programs' world with room for one of them, nobody else, no faults and no reuse. */
    Scenario alone() {
        return new Scenario(
                seed,
                64 + 8 * longest / pageSize,
                pageSize,
                Math.max(2 * pageSize, 512),
                16,
                1,
                longest,
                0,
                0,
                0,
                faults,
                new SimDriver.Cost(1000, 1, 0, 0),
                ownSeeds,
                sights,
                drafts,
                EngineConfig.DEFAULT.withPrefixCache(false).withPipelineDepth(1).withSpeculation(Speculation.OFF),
                extras.alone());
    }
}
