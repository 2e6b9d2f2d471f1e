using System.CommandLine.Parsing;
using System.Globalization;

namespace HyperCore.Tool.Commands;

/// <summary>Sizes on the command line: a number with K, M, G or nothing behind it.</summary>
internal static class SizeArgument
{
    private const long Largest = 1L << 40;

    /// <summary>Reads a size in bytes.</summary>
    public static long? Parse(ArgumentResult result)
    {
        string text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        int shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch
        {
            'K' => 10,
            'M' => 20,
            'G' => 30,
            _ => 0,
        };
        string digits = shift == 0 ? text : text[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number == 0 || number > Largest >> shift)
        {
            result.AddError($"'{text}' is no size: expected a number with K, M or G, 1024G at most");
            return null;
        }

        return number << shift;
    }
}
