using System;
using System.Collections.Generic;

namespace HyperCore.Tests.Harness;

/// <summary>What keys to press on a US keyboard for a text, by QEMU's key names (QKeyCode in QEMU's qapi/ui.json).</summary>
internal static class UsKeyboard
{
    private const string Digits = ")!@#$%^&*(";

    private static readonly Dictionary<char, (string Key, bool Shift)> s_punctuation = new()
    {
        [' '] = ("spc", false),
        ['\n'] = ("ret", false),
        ['\t'] = ("tab", false),
        ['\b'] = ("backspace", false),
        ['-'] = ("minus", false),
        ['_'] = ("minus", true),
        ['='] = ("equal", false),
        ['+'] = ("equal", true),
        ['['] = ("bracket_left", false),
        ['{'] = ("bracket_left", true),
        [']'] = ("bracket_right", false),
        ['}'] = ("bracket_right", true),
        ['\\'] = ("backslash", false),
        ['|'] = ("backslash", true),
        [';'] = ("semicolon", false),
        [':'] = ("semicolon", true),
        ['\''] = ("apostrophe", false),
        ['"'] = ("apostrophe", true),
        ['`'] = ("grave_accent", false),
        ['~'] = ("grave_accent", true),
        [','] = ("comma", false),
        ['<'] = ("comma", true),
        ['.'] = ("dot", false),
        ['>'] = ("dot", true),
        ['/'] = ("slash", false),
        ['?'] = ("slash", true),
    };

    /// <summary>The keys held down together that make a character.</summary>
    public static string[] KeysFor(char character)
    {
        (string key, bool shift) = Find(character);
        return shift ? ["shift", key] : [key];
    }

    private static (string Key, bool Shift) Find(char character)
    {
        if (char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character))
        {
            return (character.ToString(), false);
        }

        if (char.IsAsciiLetterUpper(character))
        {
            return (char.ToLowerInvariant(character).ToString(), true);
        }

        int digit = Digits.IndexOf(character, StringComparison.Ordinal);
        if (digit >= 0)
        {
            return (digit.ToString(), true);
        }

        return s_punctuation.TryGetValue(character, out (string Key, bool Shift) found)
            ? found
            : throw new ArgumentOutOfRangeException(nameof(character), character, "a US keyboard has no key for this");
    }
}
