#!/usr/bin/env python3
"""Render small templates by Python's jinja2, set up as transformers sets it up, for the tests of pie's own Jinja.

    pip install jinja2==3.1.6
    jinja_cases.py >engine/src/test/resources/pie/engine/jinja/cases.json

Each case holds its template, its variables, and what is printed; null where jinja2 raises an error.
"""
import json

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

VARIABLES = {
    "n": 7, "x": 2.5, "big": 1e20, "small": 1e-7, "yes": True, "no": False, "nothing": None, "text": "Grüß  Gott, 𝒳!",
    "words": ["b", "A", "c", "a"], "numbers": [3, 1, 2], "empty": [], "quote": "it's \"so\"\n\\",
    "people": [{"name": "Ann", "age": 40, "at": {"city": "Ulm"}}, {"name": "bob", "age": 20, "at": {"city": "Bonn"}},
               {"name": "Cy", "age": 40, "at": {"city": "Aachen"}}],
    "dict": {"b": 1, "a": [1, "x", None, True, 0.5], "items": "own"},
}  # fmt: skip

TEMPLATES = r"""
{{ n }} {{ x }} {{ big }} {{ small }} {{ yes }} {{ nothing }} {{ text }} {{ missing }}|
{{ words }} {{ dict }} {{ (1, 'a') }} {{ (1,) }} {{ () }} {{ quote }} {{ [quote] }} {{ {'k': none} }}
{{ 1 + 2 * 3 - 4 / 2 }} {{ 7 // 2 }} {{ -7 // 2 }} {{ -7 % 3 }} {{ 7.5 // 2 }} {{ 2 ** 10 }} {{ 2 ** -1 }} {{ 2 ** 3 ** 2 }}
{{ 1 + true }} {{ 1 == 1.0 }} {{ true == 1 }} {{ 'a' < 'b' }} {{ [1, 2] < [1, 3] }} {{ 1 < 2 < 3 }} {{ 1 < 3 < 2 }} {{ 1 != 2 }}
{{ 'a' + 'b' }} {{ 'ab' * 3 }} {{ 3 * 'ab' }} {{ [1] + [2] }} {{ [0] * 3 }} {{ 'a' ~ 1 ~ none ~ missing }} {{ 'a' 'b' }}
{{ 'a' + 1 }}
{{ nothing + 1 }}
{{ [1] + (2,) }}
{{ missing + 1 }}
{{ missing.member }}
{{ dict.missing.member }}
{{ dict.missing }}|{{ dict['missing'] }}|{{ words[9] }}|{{ words.nope }}
{{ missing == other }} {{ missing is defined }} {{ missing | length }} {% for a in missing %}x{% else %}none{% endfor %}
{{ 1 / 0 }}
{{ 1 // 0 }}
{{ not 1 == 2 }} {{ not yes }} {{ yes and no }} {{ no or 'x' }} {{ 0 or '' or [] or 5 }} {{ 1 and 'two' }}
{{ 'ß' in text }} {{ 'a' not in words }} {{ 'b' in dict }} {{ 2 in numbers }} {{ not 2 in numbers }} {{ 'x' in [] }}
{{ 1 in 'a1' }}
{{ 'a' if yes else 'b' }} {{ 'a' if no }}| {{ 'a' if no else 'b' if no else 'c' }}
{{ -n | abs }} {{ -(n) | string | length }} {{ n | string ~ 'x' }} {{ 2 + 3 | string | length }} {{ +n }} {{ - -n }}
{{ words[0] }} {{ words[-1] }} {{ words[1:] }} {{ words[:-1] }} {{ words[::-1] }} {{ words[1:3] }} {{ words[::2] }} {{ words[5:] }}
{{ text[0] }} {{ text[-2] }} {{ text[1:4] }} {{ text[::-1] }} {{ text[99] }}| {{ text | length }}
{{ dict.b }} {{ dict['b'] }} {{ dict.a[1] }} {{ dict.a.1 }} {{ people[0].at.city }} {{ people.0['at']['city'] }}
{{ dict['items'] }} {% for k, v in dict.items() %}{{ k }}={{ v }};{% endfor %} {{ dict.get('b') }} {{ dict.get('z') }} {{ dict.get('z', 4) }}
{{ dict.keys() | list }} {{ dict.values() | list }} {{ dict | list }} {{ dict | length }}
{% set d = {'x': 1, 2: 'two', 'n': {'m': [1, 2,],},} %}{{ d.x }}{{ d[2] }}{{ d.n.m[1] }}
{{ words.append('z') }}
{{ dict.update({'z': 1}) }}
{{ dict.pop('b') }}
{% set ns = namespace(a=1, b='x') %}{% set ns.a = ns.a + 1 %}{% for i in [1, 2] %}{% set ns.b = ns.b ~ i %}{% endfor %}{{ ns.a }}{{ ns.b }}
{% set y = 1 %}{% for i in [1, 2] %}{% set y = y + i %}{{ y }}{% endfor %}{{ y }}
{% set y = 1 %}{% if yes %}{% set y = 2 %}{% endif %}{{ y }}
{% set y.a = 1 %}
{% set a, b = 1, 2 %}{{ b }}{{ a }} {% set (c, d) = [3, 4] %}{{ c }}{{ d }}
{% set a, b = [1] %}
{% set t %}<{{ n }}>{% endset %}{{ t }} {% set t | upper | replace('A', 'B') %}abc{% endset %}{{ t }}
{% for i in numbers %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }};{% endfor %}
{% for i in numbers %}{{ loop.previtem }}<{{ i }}>{{ loop.nextitem }}{{ loop.cycle('o', 'e') }} {% endfor %}
{% for i in [1, 1, 2] %}{{ loop.changed(i) }}{% endfor %}
{% for i in range(10) if i is odd %}{{ i }}{{ loop.index }}{{ loop.last }} {% endfor %}
{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}
{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }}{% endfor %} {% for (a, (b, c)) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}
{% for i in [1, [2, [3]], 4] recursive %}{% if i is iterable %}({{ loop(i) }}){% else %}{{ i }}{{ loop.depth }}{% endif %}{% endfor %}
{% for c in 'aß𝒳' %}{{ c }}.{% endfor %} {% for k in dict %}{{ k }}{% endfor %} {% for i in empty %}{% else %}empty{% endfor %}
{% for i in nothing %}{% endfor %}
{% for i in 5 %}{% endfor %}
{% for i in [1, 2] %}{% for j in [3, 4] %}{{ loop.index }}{% endfor %}{{ loop.index }}{% endfor %}
{% for i in [1, 2] %}{{ i }}{% endfor %}{{ i }}|{{ loop }}
{% if n > 5 and n < 10 %}mid{% elif n == 1 %}one{% else %}else{% endif %} {% if empty %}y{% elif nothing %}z{% else %}n{% endif %}
{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1) }} {{ m(1, 3) }} {{ m(1, c=4) }} {{ m() }}|
{% macro m(a) %}[{{ a }}{{ varargs }}{{ kwargs }}]{% endmacro %}{{ m(1, 2, 3) }}{{ m(1, z=5) }}{{ m(*[1, 2], **{'q': 3}) }}
{% macro f(k) %}{% if k > 0 %}{{ k }}{{ f(k - 1) }}{% endif %}{% endmacro %}{{ f(4) }}
{% macro m() %}<{{ caller() }}>{% endmacro %}{% call m() %}in {{ n }}{% endcall %} {% macro l(xs) %}{% for x in xs %}{{ caller(x) }}{% endfor %}{% endmacro %}{% call(y) l([1, 2]) %}({{ y }}){% endcall %}
{% set outer = 'o' %}{% macro m() %}{{ outer }}{{ later }}{% endmacro %}{% set later = 'l' %}{{ m() }} {{ m.name }}
{% filter upper %}abc{{ n }}{% endfilter %} {% with a = 1, b = n %}{{ a }}{{ b }}{% endwith %}{{ a }}|
{% generation %}said{{ n }}{% endgeneration %}
{% raw %}{{ not }} {% run %}{% endraw %} {# nor {{ this }} #}x
{{ '{{ a }}' }} {{ "%}" }} {{ {'a': {'b': 1}}['a'] }} {{ '\n\t\\\'\x41\u00e9\q' }} {{ "it's" }} {{ 'say "x"' }}
{{ 1_000 }} {{ 0x1f }} {{ 0b11 }} {{ 0o17 }} {{ 1e3 }} {{ 1.50 }} {{ 1.0 }} {{ 100000000000000000.0 }} {{ 0.1 + 0.2 }}
{{ 'a,b,,c'.split(',') }} {{ ' a  b '.split() }} {{ 'a,b,c'.split(',', 1) }} {{ 'a,b,c'.rsplit(',', 1) }} {{ 'a b c'.split(none, 1) }} {{ ''.split() }} {{ ''.split(',') }}
{{ '  x '.strip() }}|{{ 'xxaxx'.lstrip('x') }}|{{ 'xxaxx'.rstrip('x') }}|{{ 'xyaxy'.strip('xy') }}|{{ ' a\n'.rstrip() }}|
{{ 'Hello'.upper() }} {{ 'Hello'.lower() }} {{ 'hELLO wORLD'.title() }} {{ 'hELLO'.capitalize() }} {{ "they're x2y".title() }}
{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abcabc'.find('c') }} {{ 'abcabc'.rfind('c') }} {{ 'abc'.find('z') }} {{ 'abab'.count('ab') }} {{ 'abc'.index('c') }}
{{ 'abc'.index('z') }}
{{ 'aXbXc'.replace('X', '-') }} {{ 'aXbXc'.replace('X', '-', 1) }} {{ ', '.join(['a', 'b']) }} {{ 'a-b'.partition('-') }} {{ 'x'.partition('-') }}
{{ '7'.zfill(3) }} {{ '-7'.zfill(4) }} {{ 'a'.ljust(3) }}|{{ 'a'.rjust(3, '.') }}|{{ '12'.isdigit() }} {{ 'ab'.isalpha() }} {{ ''.isdigit() }} {{ 'A1'.isalnum() }} {{ ' '.isspace() }} {{ 'AB'.isupper() }} {{ 'a1'.islower() }}
{{ 'a\nb\r\nc\n'.splitlines() }} {{ 'a\nb'.splitlines(true) }} {{ 'pre-x'.removeprefix('pre-') }} {{ 'x.py'.removesuffix('.py') }}
{{ '%s is %d, %.2f and %5d|%-4s|%05d|%x %%' % ('a', 3, 2.345, 42, 'z', -42, 255) }} {{ '%r' % 'q' }} {{ '%(b)s' % dict }} {{ '%s' % 3 }}
{{ '%s %s' % 'a' }}
{{ '{} {}'.format(1, 'a') }} {{ '{0}{1}{0}'.format('x', 'y') }} {{ '{a} {{}} {b!r}'.format(a=1, b='q') }} {{ '{:>5}|{:<4}|{:^5}|{:05d}|{:.1f}|{:,}'.format('a', 'b', 'c', 42, 2.55, 1234567) }}
{{ words | sort }} {{ words | sort(reverse=true) }} {{ words | sort(case_sensitive=true) }} {{ people | map(attribute='name') | sort | join('/') }} {{ people | sort(attribute='age,at.city') | map(attribute='name') | join }}
{{ words | first }} {{ words | last }} {{ empty | first }}| {{ words | join('-') }} {{ people | join(', ', attribute='at.city') }} {{ 'abc' | join('.') }}
{{ words | map('upper') | list }} {{ numbers | map('string') | list }} {{ people | map(attribute='zip', default='?') | list }} {{ numbers | select('gt', 1) | list }} {{ numbers | reject('odd') | list }} {{ [0, 1, ''] | select | list }}
{{ people | selectattr('age', 'equalto', 40) | map(attribute='name') | list }} {{ people | rejectattr('at.city', 'in', ['Ulm']) | map(attribute='name') | list }} {{ people | selectattr('zip') | list }} {{ nothing | selectattr('x') | list }}
{{ missing | default('d') }} {{ '' | default('d') }}| {{ '' | default('d', true) }} {{ nothing | d('x') }} {{ nothing | d('x', boolean=true) }}
{{ 'a b' | title }} {{ ' a ' | trim }}| {{ 'xax' | trim('x') }} {{ 'aB' | upper }}{{ 'aB' | lower }} {{ 'abc' | capitalize }} {{ 'ab' | center(7) }}| {{ 'abc' | reverse }} {{ numbers | reverse | list }} {{ 'a a' | replace('a', 'b', 1) }}
{{ 'a\nb\n\nc' | indent }}|{{ 'a\nb' | indent(2, true) }}|{{ 'a\n\nb' | indent(width=1, blank=true) }}|{{ 'a\nb' | indent('> ') }}
{{ '42' | int }} {{ 'x' | int }} {{ 'x' | int(5) }} {{ '3.9' | int }} {{ 3.9 | int }} {{ 'ff' | int(base=16) }} {{ '2.5' | float }} {{ 'x' | float }} {{ 2.567 | round(2) }} {{ 2.5 | round }} {{ 2.1 | round(method='ceil') }} {{ -3 | abs }}
{{ numbers | sum }} {{ people | sum(attribute='age') }} {{ numbers | max }} {{ numbers | min }} {{ words | max }} {{ people | max(attribute='age') | attr('name') }}| {{ empty | max }}|
{{ [1, 2, 1, 'a', 'A'] | unique | list }} {{ range(7) | batch(3) | list }} {{ range(4) | batch(3, 0) | list }} {% for age, some in people | groupby('age') %}{{ age }}:{{ some | map(attribute='name') | join(',') }};{% endfor %}
{{ dict | dictsort }} {{ {'b': 1, 'A': 2} | dictsort(by='value', reverse=true) }} {{ dict | items | list }} {{ missing | items | list }}
{{ dict | tojson }} {{ dict | tojson(indent=2) }} {{ quote | tojson }} {{ text | tojson }} {{ text | tojson(ensure_ascii=true) }} {{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }} {{ {'b': [1, 2]} | tojson(separators=(',', ':')) }} {{ [] | tojson(indent=2) }} {{ [big, small, 1.0, none] | tojson }} {{ {1: 2} | tojson }}
{{ missing | tojson }}
{{ '<a & "b">' | escape }} {{ '<a>' | safe }} {{ 'a b/ü' | urlencode }} {{ 'a b  c' | wordcount }} {{ 'x%sy' | format('1') }} {{ 5 | string + 'x' }}
{{ 1 is number }} {{ 1 is integer }} {{ 1.0 is float }} {{ yes is boolean }} {{ 'a' is string }} {{ dict is mapping }} {{ words is sequence }} {{ words is iterable }} {{ 1 is iterable }} {{ nothing is none }} {{ no is false }} {{ yes is true }}
{{ m is callable }}
{{ range is callable }}
{{ 3 is odd }} {{ 4 is even }} {{ 9 is divisibleby 3 }} {{ 9 is divisibleby(2) }} {{ 'a' is in words }} {{ 1 is eq 1 }} {{ 1 is ne(2) }} {{ 2 is gt 1 }} {{ 'A' is upper }} {{ 'a' is lower }} {{ none is sameas none }} {{ 1 is not none }} {{ n is not defined }} {{ 'trim' is filter }} {{ 'odd' is test }}
{{ n is defined and n is not none }} {{ missing is defined or 'x' }} {{ 'a' is string and 'b' }}
{{ range(3) | list }} {{ range(1, 4) | list }} {{ range(5, 0, -2) | list }}
{% set j = joiner('; ') %}{{ j() }}a{{ j() }}b 
{% set c = cycler('x', 'y') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}
{{ range(1000000) | length }}
{{ unknown(1) }}
{{ n(1) }}
{{ n | nofilter }}
{{ n is notest }}
{{ raise_exception('no') }}
{% if no %}{{ n | nofilter }}{% endif %}fine
{% for a b %}{% endfor %}
{% if %}{% endif %}
{% if yes %}
{{ n
{{ n }
{% endif %}
{% for i in numbers %}{% endif %}
{# never ends
{{ 'never ends }}
{{ (1 }}
{{ [1 }}
{{ a.b. }}
{% break %}
{% include 'x' %}
{% nosuch %}
{{ f(a=1, 2) }}
{{ 1 ? 2 }}
{{ }}
"""

SPACED = [
    "a\n  {% if yes %}\n  b\n  {% endif %}\nc\n",
    "a\n  {%- if yes -%}\n  b\n  {%- endif %}\nc",
    "a {% if yes %} b {% endif %} c",
    "  {% if yes %}x{% endif %}\n  y",
    "  {%+ if yes %}x{% endif +%}\n  y",
    "a\n\n{{- n -}}\n\nb",
    "a\n  {{ n }}\n  b\n",
    "a\n  {# note #}\n  b\n\n",
    "a\n  {#- note -#}\n  b",
    "{% for i in numbers %}\n  {{ i }}\n{% endfor %}\n\n",
    "{% for i in numbers -%}\n  {{ i }}\n{%- endfor %}",
    "{%- set a = 1 -%}\n\n{%- set b = 2 %}\n\n{{ a }}{{ b }}\r\nend\r",
    "x {%- raw %}\n {{ y }} \n{%- endraw %}\nz",
    "x\n  {% raw -%}\n {{ y }} \n  {% endraw -%}\n z",
    "{{ n }}\n{% if yes %}\n\n{% endif %}{# c #}\n\nend",
    "\t{% if yes %}\t\n{% endif %}",
    "{% if yes %}\n  {% if yes %}a{% endif %}  {% if yes %}b{% endif %}\n{% endif %}",
    "{%\n  set a = [\n    1,\n    2\n  ]\n%}\n{{ a }}",
    "{{ {'a': 1}\n}}",
    "",
    "\n",
    "no tags {at} all } %} }}",
]


class Generation(Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("said"), [], [], body).set_lineno(line)

    def said(self, caller):
        return caller()


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def refuse(message):
    raise jinja2.TemplateError(message)


def environment():
    made = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, loopcontrols])
    made.filters["tojson"] = tojson
    made.globals["raise_exception"] = refuse
    return made


def printed(source):
    try:
        return environment().from_string(source).render(json.loads(json.dumps(VARIABLES)))
    except Exception:  # whatever it is, it is an error there too
        return None


cases = [{"template": source, "text": printed(source)} for source in TEMPLATES.strip("\n").split("\n") + SPACED]
print(json.dumps({"variables": VARIABLES, "cases": cases}, ensure_ascii=False, indent=1))
