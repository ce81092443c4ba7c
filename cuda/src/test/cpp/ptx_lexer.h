// Words and marks of PTX. A word keeps its dots and double colons, so that an opcode is one word.
#pragma once
#include <string>
#include <vector>

namespace emulator::ptx {

struct Token {
    std::string text;
    int line;
    size_t from, to;  // in the text that was read
};

std::vector<Token> tokens(const std::string& text);

}  // namespace emulator::ptx
