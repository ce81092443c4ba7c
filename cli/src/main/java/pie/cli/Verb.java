package pie.cli;

import java.util.List;
import java.util.function.Supplier;
import pie.cli.command.AppCommand;
import pie.cli.command.AttachCommand;
import pie.cli.command.BenchCommand;
import pie.cli.command.CompletionCommand;
import pie.cli.command.ConfigCommand;
import pie.cli.command.CpCommand;
import pie.cli.command.DoctorCommand;
import pie.cli.command.ExplainCommand;
import pie.cli.command.KillCommand;
import pie.cli.command.LaunchCommand;
import pie.cli.command.LogsCommand;
import pie.cli.command.ModelCommand;
import pie.cli.command.NewCommand;
import pie.cli.command.ProfileCommand;
import pie.cli.command.ProgramCommand;
import pie.cli.command.PsCommand;
import pie.cli.command.ReplayCommand;
import pie.cli.command.ResultCommand;
import pie.cli.command.RunCommand;
import pie.cli.command.SendCommand;
import pie.cli.command.ServeCommand;
import pie.cli.command.SnapshotCommand;
import pie.cli.command.TopCommand;
import pie.cli.command.TrainCommand;
import pie.cli.command.VersionCommand;

/**
 * Name one command of pie. Commands are made only when they are called: reflection over all of them would take longer than most of them run.
 *
 * @param summary its line in {@code pie --help}, equal to the description of its class
 */
record Verb(String name, String summary, Supplier<Object> command) {
    static final List<Verb> ALL = List.of(
            new Verb("run", "Run a program and print what it says", RunCommand::new),
            new Verb(
                    "new",
                    "Write a small program to begin with, and what editors need to complete it",
                    NewCommand::new),
            new Verb("serve", "Serve programs over HTTP", ServeCommand::new),
            new Verb("launch", "Start a program on a running server and print its id", LaunchCommand::new),
            new Verb("ps", "List the processes of a running server", PsCommand::new),
            new Verb("logs", "Print what a process has said", LogsCommand::new),
            new Verb(
                    "attach",
                    "Talk with a process: what it says comes out, lines typed go to it as messages",
                    AttachCommand::new),
            new Verb("send", "Send a message to a process; it arrives at session.receive", SendCommand::new),
            new Verb("cp", "Copy files to a process, or from it", CpCommand::new),
            new Verb(
                    "result",
                    "Print the value that a process returned, waiting for its end if asked to",
                    ResultCommand::new),
            new Verb(
                    "top",
                    "Watch a running server: its batches, pages and programs, and where their time goes",
                    TopCommand::new),
            new Verb(
                    "profile",
                    "Run a program, or watch a running process, and say where its time goes",
                    ProfileCommand::new),
            new Verb("explain", "Say why a process waits or runs slowly", ExplainCommand::new),
            new Verb(
                    "kill",
                    "Interrupt processes; what does not end within the server's grace is killed",
                    KillCommand::new),
            new Verb("program", "Store, list, describe and remove programs on a running server", ProgramCommand::new),
            new Verb(
                    "app",
                    "Start, list and stop programs that answer HTTP requests on a running server",
                    AppCommand::new),
            new Verb("model", "Fetch, list, describe and remove models", ModelCommand::new),
            new Verb(
                    "replay",
                    "Run a recorded process again, from what its host calls answered then",
                    ReplayCommand::new),
            new Verb("snapshot", "List and remove the snapshots of a running server", SnapshotCommand::new),
            new Verb(
                    "doctor",
                    "Check this machine: JDK, processor, memory, ports, guests, models, GPU",
                    DoctorCommand::new),
            new Verb("bench", "Measure pie, alone or beside other engines on the same machine", BenchCommand::new),
            new Verb(
                    "config",
                    "Show what options are set outside of command lines, or begin a file of them",
                    () -> new ConfigCommand(Pie::whole)),
            new Verb("version", "Print version, build and JVM", VersionCommand::new),
            new Verb(
                    "completion", "Print a completion script for your shell", () -> new CompletionCommand(Pie::whole)));

    /** Not for people: the launcher calls them. */
    static final List<Verb> HIDDEN = List.of(new Verb("train", "", TrainCommand::new));
}
