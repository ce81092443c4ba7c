package pie.inferlet;

import java.util.List;
import java.util.Map;
import pie.engine.PieException;
import pie.engine.grammar.GrammarSource;
import pie.engine.model.LoadedModel;

/** Make grammars of calls that are more than JSON between marks. */
final class ToolGrammars {
    private ToolGrammars() {}

    /** DeepSeek names the tool before the JSON, so that a grammar of several tools would need one frame each: it is of one tool. */
    static GrammarSource deepSeek(LoadedModel model, List<Map<String, Object>> tools) {
        if (tools.size() > 1) {
            throw PieException.invalid(
                    "tools.native_grammar: this model's calls name the tool outside of the JSON; give one tool");
        }
        Map<String, Object> tool = tools.getFirst();
        Object schema = tool.getOrDefault("parameters", Map.of("type", "object"));
        String before =
                "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>" + tool.get("name") + "\n```json\n";
        return new GrammarSource.Framed(
                Tools.ids(model, before),
                new GrammarSource.JsonSchema(Json.text(schema), true, false),
                Tools.ids(model, "\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>"),
                List.of());
    }
}
