#include "ptx_lexer.h"

#include <cctype>

#include "ptx.h"

namespace emulator::ptx {

std::vector<Token> tokens(const std::string& text) {
    std::vector<Token> all;
    int line = 1;
    size_t i = 0, n = text.size();
    auto wordy = [&](size_t at) {
        char c = text[at];
        return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '%' || c == '.';
    };
    while (i < n) {
        char c = text[i];
        if (c == '\n') line++;
        if (std::isspace(static_cast<unsigned char>(c))) {
            i++;
        } else if (text.compare(i, 2, "//") == 0) {
            while (i < n && text[i] != '\n') i++;
        } else if (text.compare(i, 2, "/*") == 0) {
            size_t end = text.find("*/", i + 2);
            if (end == std::string::npos) throw Error(line, "comment without an end");
            for (; i < end + 2; i++) line += text[i] == '\n';
        } else if (c == '"') {
            size_t end = text.find('"', i + 1);
            if (end == std::string::npos) throw Error(line, "string without an end");
            all.push_back({text.substr(i, end + 1 - i), line, i, end + 1});
            i = end + 1;
        } else if (wordy(i)) {
            size_t from = i;
            while (i < n && (wordy(i) || (text.compare(i, 2, "::") == 0 && i + 2 < n && wordy(i + 2)))) i += text[i] == ':' ? 2 : 1;
            all.push_back({text.substr(from, i - from), line, from, i});
        } else {
            all.push_back({std::string(1, c), line, i, i + 1});
            i++;
        }
    }
    return all;
}

}  // namespace emulator::ptx
