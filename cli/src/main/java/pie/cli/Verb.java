package pie.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import pie.cli.command.CompletionCommand;
import pie.cli.command.DoctorCommand;
import pie.cli.command.VersionCommand;

/**
 * Name one command of pie. Commands are made only when they are called: reflection over all of them would take longer than most of them run.
 *
 * @param summary its line in {@code pie --help}, equal to the description of its class
 */
record Verb(String name, String summary, Supplier<Object> command) {
    static final List<Verb> ALL = List.of(
            new Verb(
                    "doctor",
                    "Check this machine: JDK, processor, memory, ports, guests, models, GPU",
                    DoctorCommand::new),
            new Verb("version", "Print version, build and JVM", VersionCommand::new),
            new Verb(
                    "completion", "Print a completion script for your shell", () -> new CompletionCommand(Pie::whole)));

    static Optional<Verb> named(String name) {
        return ALL.stream().filter(v -> v.name.equals(name)).findFirst();
    }
}
