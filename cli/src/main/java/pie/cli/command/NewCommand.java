package pie.cli.command;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.NewProgram;
import pie.cli.ProgramFile;
import pie.runtime.Language;

/** Write a program to begin with. */
@Command(
        name = "new",
        description = {
            "Write a small program to begin with, and what editors need to complete it.%n",
            "The folder is made, or must be empty. Beside the program it gets a Pie.toml, the stubs of the inferlet API (for Java: its classes) and the settings that make editors and type checkers find them.%n"
        },
        footer = {
            "",
            "Examples:",
            "  pie new hello && pie run hello",
            "  pie new agent --lang ts",
            "  pie new ranker --lang java && pie run ranker -- --prompt \"Name a colour.\""
        })
public final class NewCommand extends PieCommand {
    @Parameters(index = "0", paramLabel = "DIR", description = "Folder to write into; its name is the program's.")
    private Path folder = Path.of("");

    @Option(names = "--lang", paramLabel = "LANG", description = "python, js, ts or java. Default: python.")
    private String language = "python";

    @Override
    public Integer call() {
        Language known = ProgramFile.language(language);
        List<String> files = NewProgram.write(folder, known);
        out().println(folder.resolve(files.getFirst()));
        if (!quiet) {
            err().println("run it: pie run " + folder);
        }
        return 0;
    }
}
