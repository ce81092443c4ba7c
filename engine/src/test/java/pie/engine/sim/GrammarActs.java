package pie.engine.sim;

import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import pie.engine.ContextHandle;
import pie.engine.generate.FinishReason;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.Stage;
import pie.engine.generate.StepSpec;
import pie.engine.grammar.GrammarSource;
import pie.engine.grammar.Matcher;

/** Have a program hold generations to grammars, some of which leave a single token now and then, and check what it gets (C18). */
final class GrammarActs {
    private static final int STOP = 2;
    private static final List<GrammarSource> SOURCES = List.of(
            new GrammarSource.Regex("[abd-h]{3,9}(xy|z)*q"),
            new GrammarSource.Regex("(k(lm|no)*p){1,4}"),
            new GrammarSource.Ebnf(
                    "root ::= <[5]> <[6]> (\"ab\" | \"xz\") <[7]> <[8]> <[9]> [d-h]{1,5} <[33]> item*\nitem ::= <[40]> <[41]> <[42]> \"q\""),
            new GrammarSource.Ebnf("root ::= <[11]> <[12]> <[13]> <[14]> <[15]> <[16]> <[17]> <[18]> <[19]> <[20]>"),
            new GrammarSource.Ebnf("root ::= \"g\" root \"h\" | <[60]> <[61]>"));

    private final Program program;
    private final Random random;

    GrammarActs(Program program, Random random) {
        this.program = program;
        this.random = random;
    }

    void act(ContextHandle context) {
        int room = program.room(context);
        if (context.tokens().length == 0 || room < 2) {
            program.next();
            return;
        }
        GrammarSource source = SOURCES.get(random.nextInt(SOURCES.size()));
        Matcher matcher =
                new Matcher(program.sim.engine().grammars().get(source).join());
        SamplerChain sampler = random.nextBoolean()
                ? SamplerChain.ARGMAX
                : new SamplerChain(List.of(new Stage.Temperature(1.2f)), OptionalLong.of(random.nextLong()));
        int most = Math.min(1 + random.nextInt(30), room - 1);
        PlanSpec plan = new PlanSpec(
                        sampler, most, new int[] {STOP}, List.of(), null, OptionalLong.of(random.nextLong()), List.of())
                .withConstraints(List.of(matcher));
        Generation generation = context.generate(plan);
        program.sim.constrain(context, new Constrained(matcher.fork(), context.tokens().length));
        Matcher follower = matcher.fork();
        if (random.nextBoolean()) {
            program.await("collect by grammar", generation::collect, step -> {
                taken(follower, step);
                over(context);
            });
        } else {
            step(context, generation, follower, 1 + random.nextInt(8));
        }
    }

    private void step(ContextHandle context, Generation generation, Matcher follower, int more) {
        if (more == 0) {
            over(context);
            return;
        }
        program.await("step by grammar", () -> generation.step(StepSpec.PLAIN), step -> {
            taken(follower, step);
            if (step.finish() == null) {
                step(context, generation, follower, more - 1);
            } else {
                over(context);
            }
        });
    }

    private void over(ContextHandle context) {
        program.sim.unconstrain(context);
        program.next();
    }

    private void taken(Matcher follower, GenerationStep step) {
        for (int token : step.tokens()) {
            if (!follower.accept(token)) {
                program.sim.fail(
                        new Breach("C18", program + " was given token " + token + ", which its grammar forbids"));
                return;
            }
        }
        FinishReason finish = step.finish();
        boolean ended = finish == FinishReason.STOP || finish == FinishReason.CONSTRAINT;
        if (ended && !follower.canEnd()) {
            program.sim.fail(new Breach("C18", program + " was told that its text is whole, and it is not"));
        }
        program.given += step.tokens().length;
        program.seen.add(step.tokens());
        program.seen.add(new int[] {finish == null ? -1 : finish.ordinal()});
    }
}
