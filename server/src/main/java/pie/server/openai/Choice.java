package pie.server.openai;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.FinishReason;
import pie.engine.generate.ProbeValue;
import pie.engine.model.Tokenizer;

/** Follow one choice: its tokens become text, reasoning and calls. Used by the one thread that answers the request. */
final class Choice {
    /**
     * Say how a choice is read.
     *
     * @param minTokens in whose text stop strings are not looked for
     * @param top likeliest tokens told with each, -1 for no logprobs at all
     * @param function whose arguments the text is, "" unless {@link ToolUse#ARGUMENTS}
     */
    record Form(
            Tokenizer tokenizer,
            List<String> stops,
            int minTokens,
            boolean includeStop,
            int top,
            ToolUse tools,
            String function,
            Reasoning reasoning) {}

    private final int index;
    private final Form form;
    private final TextOut text;
    private final ToolReader tools = new ToolReader();
    private final StringBuilder whole = new StringBuilder();
    private final StringBuilder wholeReasoning = new StringBuilder();
    private final StringBuilder content = new StringBuilder();
    private final StringBuilder reasoning = new StringBuilder();
    private final List<Piece.Called> called = new ArrayList<>();
    private final List<TokenLogprob> logprobs = new ArrayList<>();
    private final List<TokenLogprob> allLogprobs = new ArrayList<>();
    private int[] tokens = new int[16];
    private int count;
    private int shown;
    private int reasoningTokens;
    private double logprobSum;
    private boolean thinking;
    private boolean told;
    private final List<ToolCall> calls = new ArrayList<>();
    private final List<String> callIds = new ArrayList<>();
    private @Nullable FinishReason reason;

    Choice(int index, Form form) {
        this.index = index;
        this.form = form;
        this.thinking = form.reasoning().opened();
        text = new TextOut(form.tokenizer(), form.stops(), form.minTokens(), form.includeStop(), true);
    }

    int index() {
        return index;
    }

    void accept(int token, List<ProbeValue> probes) {
        if (count == tokens.length) {
            tokens = Arrays.copyOf(tokens, 2 * count);
        }
        tokens[count++] = token;
        if (form.top() >= 0 && !probes.isEmpty()) {
            TokenLogprob one = TokenLogprob.of(token, probes.getFirst().values(), form.top());
            logprobs.add(one);
            allLogprobs.add(one);
            logprobSum += one.logprob();
        }
        if (token == form.reasoning().open()) {
            thinking = true;
        } else if (token == form.reasoning().close()) {
            thinking = false;
        } else {
            reasoningTokens += thinking ? 1 : 0;
            add(text.feed(token));
        }
    }

    void end(FinishReason why) {
        add(text.finish());
        switch (form.tools()) {
            case FREE -> said(tools.finish());
            case CALL -> ToolCall.parse(whole.toString()).ifPresentOrElse(this::call, () -> content.append(whole));
            case ARGUMENTS, NONE -> {}
        }
        newCalls();
        reason = why;
    }

    private void add(String more) {
        if (more.isEmpty()) {
            return;
        }
        if (thinking) {
            reasoning.append(more);
            wholeReasoning.append(more);
            return;
        }
        switch (form.tools()) {
            case NONE -> said(more);
            case FREE -> {
                said(tools.feed(more));
                newCalls();
            }
            case CALL -> whole.append(more);
            case ARGUMENTS -> arguments(more);
        }
    }

    private void said(String more) {
        content.append(more);
        whole.append(more);
    }

    private void newCalls() {
        for (ToolCall call : tools.calls()
                .subList(
                        Math.min(calls.size(), tools.calls().size()),
                        tools.calls().size())) {
            call(call);
        }
    }

    private void call(ToolCall call) {
        String id = "call_" + UUID.randomUUID().toString().replace("-", "");
        called.add(new Piece.Called(calls.size(), id, call.name(), ""));
        called.add(new Piece.Called(calls.size(), "", "", call.arguments()));
        calls.add(call);
        callIds.add(id);
        if (form.tools() == ToolUse.CALL) {
            whole.setLength(0);
        }
    }

    private void arguments(String more) {
        if (calls.isEmpty()) {
            call(new ToolCall(form.function(), more));
            return;
        }
        called.add(new Piece.Called(0, "", "", more));
        calls.set(0, new ToolCall(form.function(), calls.getFirst().arguments() + more));
    }

    /** Return what is new since the last look; logprobs and tokens wait for the text that they belong to, or the end. */
    Piece take() {
        boolean quiet = content.isEmpty() && reasoning.isEmpty() && called.isEmpty() && reason == null;
        if (quiet) {
            return new Piece("", "", List.of(), List.of(), new int[0]);
        }
        Piece piece = new Piece(
                content.toString(),
                reasoning.toString(),
                List.copyOf(called),
                List.copyOf(logprobs),
                Arrays.copyOfRange(tokens, shown, count));
        content.setLength(0);
        reasoning.setLength(0);
        called.clear();
        logprobs.clear();
        shown = count;
        return piece;
    }

    boolean ended() {
        return reason != null;
    }

    /** Say whether the end is still to be told; once only. */
    boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }

    /** Return the word of the wire for how it ended. */
    String finish() {
        if (reason == FinishReason.LENGTH) {
            return "length";
        }
        return calls.isEmpty() ? "stop" : "tool_calls";
    }

    String text() {
        return form.tools() == ToolUse.ARGUMENTS ? "" : whole.toString();
    }

    String reasoningText() {
        return wholeReasoning.toString();
    }

    List<ToolCall> calls() {
        return calls;
    }

    String callId(int i) {
        return callIds.get(i);
    }

    List<TokenLogprob> logprobs() {
        return allLogprobs;
    }

    int[] tokens() {
        return Arrays.copyOf(tokens, count);
    }

    int tokenCount() {
        return count;
    }

    /** Return the tokens drawn and kept, the final stop token included. */
    int completionTokens() {
        return count + (reason == FinishReason.STOP ? 1 : 0);
    }

    int reasoningTokens() {
        return reasoningTokens;
    }

    /** Return the mean log probability of its tokens, by which the best are chosen. */
    double quality() {
        return count == 0 ? 0 : logprobSum / count;
    }
}
