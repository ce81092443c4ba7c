package pie.cli.command;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.PieHome;
import pie.cli.Terminal;
import pie.cli.models.ModelStore;
import pie.cli.models.Sizes;
import pie.engine.PieException;
import pie.engine.driver.WeightFolder;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;

/** Remove a pulled model. */
@Command(
        name = "rm",
        description = "Remove a pulled model and what unfinished pulls of it left.%n",
        footer = {
            "",
            "Examples:",
            "  pie model rm smollm2-135m-instruct",
            "  pie model rm -y Qwen/Qwen2.5-0.5B-Instruct"
        })
public final class ModelRmCommand extends PieCommand {
    @Parameters(paramLabel = "NAME", description = "Pulled model.")
    private String name = "";

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Override
    public Integer call() {
        ModelStore store = ModelStore.of(PieHome.path());
        if (!yes && !agreed(store)) {
            err().println("nothing removed");
            return 1;
        }
        Optional<String> fingerprint = store.find(name).flatMap(ModelRmCommand::fingerprint);
        store.remove(name);
        fingerprint.ifPresent(new WeightFolder(PieHome.weightCache())::forget);
        if (!quiet) {
            out().println("removed " + name);
        }
        return 0;
    }

    private static Optional<String> fingerprint(Path path) {
        try (ModelFiles model = Models.open(path)) {
            return Optional.of(model.fingerprint());
        } catch (PieException e) { // a damaged model can be removed too; what is left of it in the cache goes with time
            return Optional.empty();
        }
    }

    private boolean agreed(ModelStore store) {
        if (!Terminal.CURRENT.in()) {
            throw PieException.invalid("nobody can be asked here: add -y to remove " + name);
        }
        err().print("remove " + name + ", " + Sizes.text(store.bytes(name)) + "? [y/N] ");
        err().flush();
        try {
            @Nullable
            String answer = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
            return answer != null && answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
