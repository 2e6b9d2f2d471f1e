using System;
using System.Linq;

namespace HyperCore.Tool.Symbols;

/// <summary>
/// Names that the Native AOT compiler gives to methods: <c>Assembly_Namespace_Type__Method_0</c>, with _ for each character that a symbol
/// cannot have and a number where names would be equal.
/// </summary>
internal static class SymbolName
{
    private static readonly string[] s_assemblies = ["HyperCore_Efi_", "HyperCore_CoreLib_", "HyperCore_SelfTest_", "HyperCore_TestGuest_", "Iced_"];

    /// <summary>The name as a person would write it, as far as that can be found out; a name of other origin stays as it is.</summary>
    public static string Readable(string symbol)
    {
        string? assembly = Array.Find(s_assemblies, symbol.StartsWith);
        if (assembly == null)
        {
            return symbol;
        }

        string name = symbol[assembly.Length..];
        int split = name.LastIndexOf("__", StringComparison.Ordinal);
        if (split <= 0 || split + 2 == name.Length)
        {
            return WithDots(name);
        }

        string method = name[(split + 2)..];
        int number = method.LastIndexOf('_');
        if (number > 0 && method[(number + 1)..].All(char.IsAsciiDigit))
        {
            method = method[..number];
        }

        return $"{WithDots(name[..split])}.{method}";
    }

    private static string WithDots(string name)
    {
        char[] characters = name.ToCharArray();
        for (int i = 1; i + 1 < characters.Length; i++)
        {
            // Names in capitals (EFI_BOOT_SERVICES) have underscores of their own, and a digit behind one counts type parameters.
            bool capitals = char.IsAsciiLetterUpper(name[i - 1]) && char.IsAsciiLetterUpper(name[i + 1]);
            if (name[i] == '_' && !capitals)
            {
                characters[i] = char.IsAsciiDigit(name[i + 1]) ? '`' : '.';
            }
        }

        return new string(characters);
    }
}
