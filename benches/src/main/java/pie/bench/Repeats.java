package pie.bench;

import picocli.CommandLine.Option;

/** Say how often engines take turns, and from what texts and times are drawn. */
final class Repeats {
    @Option(names = "--repeats", description = "Rounds of each engine, in turns. Default: ${DEFAULT-VALUE}.")
    private int repeats;

    @Option(names = "--seed", description = "Of prompts and arrivals. Default: ${DEFAULT-VALUE}.")
    private long seed = 42;

    Repeats(int repeats) {
        this.repeats = repeats;
    }

    int count() {
        return repeats;
    }

    long seed() {
        return seed;
    }
}
