package pie.server.openai;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.ProcessTotals;
import pie.server.metrics.RequestMetrics;
import tools.jackson.databind.node.ObjectNode;

/** Answer one request from what the engine gives: whole, or in chunks as tokens come. One thread uses it; any may cancel. */
public final class Call {
    /** Take the chunks of a stream. */
    public interface Chunks {
        void data(ObjectNode chunk);

        void keepAlive();
    }

    private final Request request;
    private final PlainProcess process;
    private final Shape shape;
    private final List<Choice> choices;
    private final BlockingQueue<Delivery> inbox = new LinkedBlockingQueue<>();
    private final RequestMetrics metrics;
    private final long began;
    /** Clock of the first and of the last token of each choice. */
    private final long[] first;

    private final long[] last;
    private boolean any;
    private int left;

    /** @param began clock of the moment at which the request came */
    Call(Request request, PlainProcess process, Head head, RequestMetrics metrics, long began) {
        this.request = request;
        this.process = process;
        this.metrics = metrics;
        this.began = began;
        shape = request.shape(head);
        choices = request.choices();
        left = choices.size();
        first = new long[left];
        last = new long[left];
    }

    /** Hand all generations to the engine. @throws PieException if a prompt's own pass fails */
    void start() {
        try {
            request.start(new Branches(process, inbox));
        } catch (PieException e) {
            throw failed(e);
        }
    }

    /** Return the process that stands for the request. */
    public InferletProcess process() {
        return process;
    }

    public boolean streams() {
        return request.asked().stream();
    }

    /** Give up: nobody waits for the answer. No effect once it is complete. */
    public void cancel(String by) {
        process.interrupt(by);
    }

    /** Wait for the whole answer. @throws PieException what a generation failed with, CANCELLED if the call was given up */
    public ObjectNode answer() throws InterruptedException {
        while (left > 0) {
            take(inbox.take());
        }
        Usage usage = usage();
        finish(usage);
        ObjectNode json = shape.whole(request.answered(choices));
        json.set("usage", usage.json());
        json.putObject("pie").put("process_id", process.id().toString());
        return json;
    }

    /**
     * Write chunks until the end; what fails on the way is thrown.
     *
     * @param silence after which a sign of life is written
     */
    public void stream(Chunks out, Duration silence) throws InterruptedException {
        for (Choice choice : choices) {
            for (ObjectNode chunk : shape.first(choice)) {
                write(out, chunk);
            }
        }
        while (left > 0) {
            Delivery next = inbox.poll(silence.toNanos(), TimeUnit.NANOSECONDS);
            if (next == null) {
                out.keepAlive();
                continue;
            }
            for (; next != null; next = inbox.poll()) {
                take(next);
            }
            for (Choice choice : choices) {
                flush(out, choice);
            }
        }
        Usage usage = usage();
        finish(usage);
        if (request.asked().usageChunk()) {
            ObjectNode last = shape.empty();
            last.set("usage", usage.json());
            out.data(last);
        }
    }

    private void flush(Chunks out, Choice choice) {
        Piece piece = choice.take();
        for (ObjectNode chunk : shape.parts(choice, piece)) {
            write(out, chunk);
        }
        if (choice.ended() && choice.tell()) {
            write(out, shape.last(choice));
        }
    }

    private void write(Chunks out, ObjectNode chunk) {
        if (request.asked().usageEach()) {
            chunk.set("usage", soFar(0, 0, 0).json());
        } else if (request.asked().usageChunk()) {
            chunk.putNull("usage");
        }
        out.data(chunk);
    }

    private void take(Delivery delivery) {
        Choice choice = choices.get(delivery.choice());
        switch (delivery) {
            case Delivery.Token t -> {
                choice.accept(t.token(), t.probes());
                clock(t.choice(), t.nanos());
            }
            case Delivery.Ended e -> {
                choice.end(e.reason());
                left--;
                metrics.choice(
                        process.model(),
                        process.kind(),
                        choice.finish(),
                        last[e.choice()] - first[e.choice()],
                        choice.tokenCount());
            }
            case Delivery.Failed f -> throw failed(f.cause());
        }
    }

    private void clock(int choice, long nanos) {
        if (!any) {
            any = true;
            metrics.firstToken(process.model(), process.kind(), nanos - began);
        }
        if (first[choice] == 0) {
            first[choice] = nanos;
        } else {
            metrics.nextToken(process.model(), process.kind(), nanos - last[choice]);
        }
        last[choice] = nanos;
    }

    private PieException failed(PieException cause) {
        PieException told = process.cancellation().orElse(cause);
        process.fail(told);
        return told;
    }

    private Usage usage() {
        ProcessTotals totals = process.totals();
        return soFar(
                Math.min(totals.tokensReused(), request.promptTokens()),
                totals.tokensAccepted(),
                totals.tokensDrafted() - totals.tokensAccepted());
    }

    private Usage soFar(long cached, long accepted, long rejected) {
        long completion = 0;
        long reasoning = 0;
        for (Choice choice : choices) {
            completion += choice.completionTokens();
            reasoning += choice.reasoningTokens();
        }
        return new Usage(request.promptTokens(), cached, completion, reasoning, accepted, rejected);
    }

    private void finish(Usage usage) {
        if (process.cancellation().isPresent()) {
            throw process.cancellation()
                    .orElseGet(() -> new PieException(ErrorCode.CANCELLED, "the request was cancelled"));
        }
        metrics.tokens(process.model(), process.kind(), usage.prompt(), usage.completion());
        process.end(new Outcome.Completed(choices.getFirst().text()));
    }
}
