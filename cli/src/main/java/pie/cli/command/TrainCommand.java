package pie.cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import pie.cli.client.PieClient;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.Language;
import pie.runtime.LaunchRequest;
import pie.runtime.ProgramSource;
import pie.runtime.RuntimeConfig;
import pie.runtime.python.PythonLibrary;
import pie.server.Instance;
import pie.server.InstanceConfig;
import pie.server.PieServer;
import pie.server.ServerConfig;

/** Do once what run and serve do, so that the JVM can note the classes that they need. Called by the launcher. */
@Command(
        name = "train",
        hidden = true,
        description = "Run a few programs so that the start-up cache can be made.%n",
        footer = {"", "Examples:", "  pie train --driver dummy"})
public final class TrainCommand extends PieCommand {
    private static final long LIMIT_SECONDS = 120;

    private static final Map<Language, String> PROGRAMS =
            Map.of(Language.PYTHON, """
            from inferlet import Context, Model, Sampler, runtime, session
            async def main(input):
                ctx = Context(Model.load(runtime.models()[0]))
                ctx.user("Hello!")
                async for step in ctx.generate(Sampler.argmax(), max_tokens=3):
                    out = await step.execute()
                    session.send(str(len(out.tokens)))
                print("done")
                return {"text": await ctx.generate(Sampler.argmax(), max_tokens=8).collect_text()}
            """, Language.JAVASCRIPT, """
            import { Context, Model, Sampler, runtime, session } from 'inferlet';
            export async function main(input) {
              const ctx = new Context(Model.load(runtime.models()[0]));
              ctx.user('Hello!');
              for await (const step of ctx.generate(Sampler.argmax(), { maxTokens: 3 })) {
                session.send(String((await step.execute()).tokens.length));
              }
              console.log('done');
              return { text: await ctx.generate(Sampler.argmax(), { maxTokens: 8 }).collectText() };
            }
            """, Language.JAVA, """
            import pie.inferlet.*;
            String main() {
                var ctx = new Context(Model.load(PieRuntime.models().getFirst()));
                ctx.user("Hello!");
                return ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(8)).collectText();
            }
            """);

    @Mixin
    private EngineOptions engine = new EngineOptions();

    @Override
    public Integer call() throws InterruptedException, IOException {
        setLogs();
        PythonLibrary.compile();
        RuntimeConfig runtime = RuntimeConfig.DEFAULT.withLanguages(PROGRAMS.keySet());
        InstanceConfig config = engine.instance(engine.choose(err()), runtime, true);
        Path home = Files.createTempDirectory("pie-train");
        try (PieServer server =
                PieServer.start(ServerConfig.loopback(home, 0), () -> trained(Instance.open(config, err()::println)))) {
            new PieClient(server.uri(), Optional.empty()).get("/v1/processes");
        }
        return 0;
    }

    private static Instance trained(Instance instance) {
        PROGRAMS.forEach((language, code) -> {
            var source = ProgramSource.of(language, language.defaultFile(), code);
            try {
                instance.runtime()
                        .launch(LaunchRequest.of(source, "{}"))
                        .outcome()
                        .get(LIMIT_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                throw new PieException(ErrorCode.INTERNAL, language.word() + " did not run: " + e, Map.of(), e);
            }
        });
        return instance;
    }
}
