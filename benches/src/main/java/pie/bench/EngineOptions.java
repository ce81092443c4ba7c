package pie.bench;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What benchmarks of the engine in this JVM have in common: model, threads, rounds, report. */
final class EngineOptions {
    @Option(names = "--model", paramLabel = "NAME_OR_PATH", description = "Default: ${DEFAULT-VALUE}.")
    private String model = PieOptions.DEFAULT_MODEL;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of each side; 0 = all processors.")
    private int threads;

    @Option(names = "--rounds", description = "Measured rounds. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Mixin
    private Report report = new Report();

    /** @param rounds unless said otherwise */
    EngineOptions(int rounds) {
        this.rounds = rounds;
    }

    Path file() throws IOException {
        return PieOptions.modelFile(model);
    }

    int threads() {
        return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
    }

    int rounds() {
        return rounds;
    }

    Report report() {
        return report;
    }

    /** Begin the report with where and with what it is measured. */
    void begin() throws IOException {
        report.environment(Environment.json());
        report.put("model", String.valueOf(file().getFileName()));
        report.put("threads", threads());
    }
}
