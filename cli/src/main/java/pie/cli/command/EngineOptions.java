package pie.cli.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import pie.cli.HeadStart;
import pie.cli.ModelChoice;
import pie.cli.PieHome;
import pie.cli.Terminal;
import pie.cli.Waiting;
import pie.engine.EngineConfig;
import pie.engine.PieException;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.FaultPlan;
import pie.runtime.Language;
import pie.runtime.RuntimeConfig;
import pie.server.Instance;
import pie.server.InstanceConfig;

/** Take the options that say which model runs on what. */
final class EngineOptions {
    /** What all matrices are packed as, whatever the model's file has. */
    enum Weights {
        AUTO,
        F32,
        F16,
        BF16,
        INT8,
        INT4
    }

    @Option(
            names = "--model",
            paramLabel = "NAME_OR_PATH",
            description = "Pulled model, .gguf file or folder. Default: smollm2-135m-instruct, fetched if need be.")
    private @Nullable String model;

    @Option(
            names = "--driver",
            paramLabel = "KIND",
            description = "auto, cpu, cuda, or dummy, which computes nothing. Default: ${DEFAULT-VALUE}.")
    private String driver = "auto";

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads of the CPU driver. Default: as many as cores.")
    private @Nullable Integer threads;

    @Option(
            names = "--weights",
            paramLabel = "TYPE",
            description = {
                "What all matrices are packed as: auto, f32, f16, bf16, int8 or int4 on the CPU,",
                "auto, f16 or bf16 on a GPU. Default: auto, as compact as the model's file has each."
            })
    private Weights weights = Weights.AUTO;

    @Option(
            names = "--page-size",
            paramLabel = "TOKENS",
            description = "Tokens of one KV page: 8, 16, 32 or 64. Default: ${DEFAULT-VALUE}.")
    private int pageSize = DriverConfig.DEFAULT.pageSize();

    @Option(
            names = "--pages",
            paramLabel = "N",
            description = "Pages of the KV pool. Default: what the driver thinks right.")
    private @Nullable Integer pages;

    @Option(
            names = "--host-pages",
            paramLabel = "N",
            description = "Displaced pages kept in host memory. Default: what suits the device.")
    private @Nullable Integer hostPages;

    @Option(
            names = "--adapter",
            paramLabel = "NAME=PATH",
            description = {
                "LoRA adapter that all programs may open by this name: a folder in PEFT's form,",
                "or a GGUF file. May be given several times."
            })
    private Map<String, Path> adapters = new LinkedHashMap<>();

    @Option(
            names = "--developer-faults",
            paramLabel = "PLAN",
            description = {
                "For developers: break steps of the driver on purpose,",
                "such as nan=0.01,memory=0.05,lose@200,seed=7."
            })
    private @Nullable String faults;

    /** @param once the engine serves one program: nothing is compiled ahead for others */
    InstanceConfig instance(ModelChoice choice, RuntimeConfig runtime, boolean once) {
        Map<String, String> options = new HashMap<>();
        if (threads != null) {
            options.put("threads", Integer.toString(threads));
        }
        if (!driver.equals("dummy")) {
            options.put("weight_cache", PieHome.weightCache().toString());
            if (weights != Weights.AUTO) {
                options.put("weights", weights.name().toLowerCase(Locale.ROOT));
            }
            if (once) {
                options.put("warmup", "false");
                options.put("priority", "low");
            }
        }
        if (faults != null) {
            options.put(Instance.FAULTS, faults);
        }
        DriverConfig d = DriverConfig.DEFAULT;
        return new InstanceConfig(
                choice.name(),
                choice.path(),
                driver,
                new DriverConfig(
                        d.device(),
                        pageSize,
                        pages == null ? d.pages() : pages,
                        d.maxContext(),
                        d.maxBatchTokens(),
                        d.maxBatchSize(),
                        options),
                hostPages == null ? EngineConfig.DEFAULT : EngineConfig.DEFAULT.withHostPages(hostPages),
                runtime,
                Optional.of(SnapshotOptions.inHome()),
                adapters);
    }

    /** Open an engine that serves one program. @param err told what is going on, unless quiet */
    Instance open(Language language, RuntimeConfig guests, PrintWriter err, boolean quiet) {
        RuntimeConfig runtime = guests.onceFor(language);
        InstanceConfig config = instance(choose(err), runtime, true);
        try (var waiting = new Waiting(err, Terminal.CURRENT.err() && !quiet)) {
            return Instance.open(config, HeadStart.guests(runtime), waiting);
        }
    }

    /** Check what was given and find the model. @param err told how a fetch of the default model goes on */
    ModelChoice choose(PrintWriter err) {
        check();
        return model == null ? ModelChoice.byDefault(err) : ModelChoice.of(model);
    }

    /** Refuse what cannot be before a model is fetched or read. */
    private void check() {
        if (Integer.bitCount(pageSize) != 1 || pageSize < 8 || pageSize > 64) {
            throw PieException.invalid("--page-size is 8, 16, 32 or 64, not " + pageSize);
        }
        positive("--threads", threads);
        positive("--pages", pages);
        if (hostPages != null && hostPages < 0) {
            throw PieException.invalid("--host-pages is 0 or more, not " + hostPages);
        }
        if (faults != null) {
            FaultPlan.parse(faults);
        }
    }

    private static void positive(String name, @Nullable Integer given) {
        if (given != null && given <= 0) {
            throw PieException.invalid(name + " is 1 or more, not " + given);
        }
    }
}
