using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace HyperCore.Tool.Symbols;

/// <summary>The symbols of an image, from the map that lld-link writes with /lldmap: <c>Address Size Align Out In Symbol</c>.</summary>
internal sealed class SymbolMap
{
    // The columns of addresses, sizes and alignments before the names; a symbol is indented twice more than a section.
    private const int AddressDigits = 8;
    private const int SymbolColumn = 40;

    private readonly List<ulong> _addresses = [];
    private readonly List<string> _names = [];
    private ulong _end;

    /// <summary>Symbols that were read.</summary>
    public int Count => _addresses.Count;

    /// <summary>Reads a map; lines that it has for sections and input files are left out.</summary>
    public static SymbolMap Read(TextReader reader)
    {
        var map = new SymbolMap();
        bool isCode = false;
        while (reader.ReadLine() is { } line)
        {
            if (line.Length <= AddressDigits || !TryHex(line.AsSpan(0, AddressDigits), out ulong address))
            {
                continue;
            }

            if (IsOutputSection(line, out string section))
            {
                // Methods are in .text alone: AotImage.targets merges .managedcode into it.
                isCode = section == ".text";
                if (isCode && TryHex(line.AsSpan(AddressDigits + 1, AddressDigits), out ulong size))
                {
                    map._end = address + size;
                }
            }
            else if (isCode && line.Length > SymbolColumn && line.AsSpan(0, SymbolColumn).EndsWith("        "))
            {
                map.Add(address, line[SymbolColumn..].Trim());
            }
        }

        return map;
    }

    /// <summary>The method at an offset within the image, and how far into it: <c>HyperCore.Efi.Hypervisor.Run+0x1a</c>.</summary>
    /// <param name="offset">Bytes from the image's start.</param>
    /// <param name="isReturnAddress">What is meant is the instruction before.</param>
    /// <returns>Null when there is no code.</returns>
    public string? Describe(ulong offset, bool isReturnAddress)
    {
        ulong wanted = isReturnAddress && offset > 0 ? offset - 1 : offset;
        int index = _addresses.BinarySearch(wanted);
        index = index < 0 ? ~index - 1 : index;
        if (index < 0 || wanted >= _end)
        {
            return null;
        }

        // Of several names for one place the first is as good as any.
        while (index > 0 && _addresses[index - 1] == _addresses[index])
        {
            index--;
        }

        return $"{SymbolName.Readable(_names[index])}+0x{offset - _addresses[index]:x}";
    }

    private static bool IsOutputSection(string line, out string name)
    {
        // Only their names begin right behind the columns of numbers.
        int column = line.LastIndexOf(' ') + 1;
        name = line[column..];
        return name.StartsWith('.') && column < SymbolColumn - 8 && !name.Contains(':', StringComparison.Ordinal);
    }

    private static bool TryHex(ReadOnlySpan<char> digits, out ulong value) =>
        ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

    private void Add(ulong address, string name)
    {
        // Sorted by address as it is; a symbol out of order would make the search wrong.
        if (_addresses.Count == 0 || address >= _addresses[^1])
        {
            _addresses.Add(address);
            _names.Add(name);
        }
    }
}
