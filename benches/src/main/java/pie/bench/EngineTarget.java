package pie.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutionException;
import pie.engine.ContextHandle;
import pie.engine.Engine;
import pie.engine.EngineConfig;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.DriverProvider;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.model.LoadedModel;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;
import pie.engine.process.Budget;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;

/** Call the engine in this JVM, with no guest and no HTTP between: what is left is what those two cost. */
final class EngineTarget implements Target, AutoCloseable {
    private final ModelFiles files;
    private final Engine engine;

    private EngineTarget(ModelFiles files, Engine engine) {
        this.files = files;
        this.engine = engine;
    }

    static EngineTarget open(Path model, int threads) {
        return open("cpu", model, threads, EngineConfig.DEFAULT, Map.of());
    }

    static EngineTarget open(Path model, int threads, EngineConfig rules) {
        return open("cpu", model, threads, rules, Map.of());
    }

    /**
     * @param driver its kind
     * @param options of the driver
     */
    static EngineTarget open(String driver, Path model, int threads, Map<String, String> options) {
        return open(driver, model, threads, EngineConfig.DEFAULT, options);
    }

    private static EngineTarget open(
            String kind, Path model, int threads, EngineConfig rules, Map<String, String> options) {
        DriverProvider provider = ServiceLoader.load(DriverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.kind().equals(kind))
                .findFirst()
                .orElseThrow(() -> new PieException(
                        ErrorCode.INVALID_ARGUMENT,
                        "--driver " + kind + ": give cpu or cuda",
                        Map.of("argument", "driver")));
        ModelFiles files = Models.open(model);
        DriverConfig config = threads > 0
                ? DriverConfig.DEFAULT.withOption("threads", Integer.toString(threads))
                : DriverConfig.DEFAULT;
        for (Map.Entry<String, String> option : options.entrySet()) {
            config = config.withOption(option.getKey(), option.getValue());
        }
        Driver driver = provider.open(files, config, line -> {});
        var loaded = new LoadedModel("model", files.config(), files.tokenizer(), files.chatTemplate());
        return new EngineTarget(files, Engine.start(loaded, driver, rules));
    }

    /** Return the engine, which runs until {@link #close}. */
    Engine engine() {
        return engine;
    }

    @Override
    public String name() {
        return "engine-direct";
    }

    @Override
    public Sample generate(Prompt prompt) throws IOException, InterruptedException {
        ProcessId process = ProcessId.random();
        long sent = System.nanoTime();
        engine.openProcess(process, OwnerId.LOCAL, Budget.UNLIMITED, 0);
        try (ContextHandle context = engine.createContext(process, true)) {
            context.append(prompt.ids());
            // Drafts where they pay, as greedy generations of programs have them.
            var plan = new PlanSpec(
                            SamplerChain.ARGMAX,
                            prompt.maxTokens(),
                            new int[0],
                            List.of(),
                            null,
                            OptionalLong.empty(),
                            List.of())
                    .withSpeculation(true);
            int tokens = context.generate(plan).collect().get().tokens().length;
            long end = System.nanoTime() - sent;
            return new Sample(0, end, end, tokens, "");
        } catch (ExecutionException e) {
            throw new IOException(String.valueOf(e.getCause()), e);
        } finally {
            engine.closeProcess(process).join();
        }
    }

    @Override
    public void close() {
        engine.close();
        files.close();
    }
}
