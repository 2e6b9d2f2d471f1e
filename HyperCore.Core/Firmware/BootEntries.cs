using System;
using System.Buffers.Binary;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Firmware;

/// <summary>
/// HyperCore's own entry in the firmware's boot menu: a variable Boot#### and its place in BootOrder (UEFI 2.10, 3.1.1 and 3.3). Everything that is
/// written is read back; what could only be half done is undone. An entry is HyperCore's when its device path is the one that would be written.
/// </summary>
public sealed class BootEntries
{
    // More than any firmware's boot menu shows.
    private const int MaxOrder = 512;
    private const int LastNumber = 0xFFFF;
    private const string BootOrder = "BootOrder";

    private readonly FirmwareVariables _variables;
    private readonly byte[] _option;
    private readonly byte[] _path;
    private readonly byte[] _read = new byte[2 * DevicePath.MaxLength];
    private readonly byte[] _order = new byte[MaxOrder * sizeof(ushort)];
    private readonly byte[] _newOrder = new byte[MaxOrder * sizeof(ushort)];
    private int _orderLength;
    private int _free;
    private VariableResult _trouble;
    private bool _isKnown;

    /// <summary>Prepares; the firmware is not asked yet.</summary>
    /// <param name="variables">The firmware's variables.</param>
    /// <param name="path">The device path of the program, measured; empty when it is not known.</param>
    /// <param name="description">What the firmware's boot menu shows.</param>
    /// <param name="program">The program's path on its partition, for people to read.</param>
    public BootEntries(FirmwareVariables variables, ReadOnlySpan<byte> path, ReadOnlySpan<char> description, string program)
    {
        Program = program;
        _variables = variables;
        _path = new byte[path.Length];
        path.CopyTo(_path);
        _option = new byte[sizeof(uint) + sizeof(ushort) + ((description.Length + 1) * sizeof(char)) + path.Length];
        LoadOption.Build(description, path, _option);
    }

    /// <summary>Why the boot menu cannot be changed from here; null when it can, as far as is known.</summary>
    public string? WhyNot => _variables.WhyNot ?? (_path.Length == 0 ? "HyperCore was not started from a place that a boot entry can name" : null);

    /// <summary>The program's path on its partition, for people to read.</summary>
    public string Program { get; }

    /// <summary>The number of the entry; -1 when there is none.</summary>
    public int Number { get; private set; } = -1;

    /// <summary>Its place in the boot order, from 0; -1 when it is not in it.</summary>
    public int Place { get; private set; } = -1;

    /// <summary>The entry is there, and in the boot order.</summary>
    public bool IsInstalled => Number >= 0 && Place >= 0;

    /// <summary>Asks the firmware, unless that was done already.</summary>
    public void Look()
    {
        if (!_isKnown)
        {
            Refresh();
        }
    }

    /// <summary>Asks the firmware what there is.</summary>
    public void Refresh()
    {
        _isKnown = true;
        Number = -1;
        Place = -1;
        _free = -1;
        _orderLength = 0;
        _trouble = WhyNot == null ? ReadOrder() : VariableResult.Unsupported;
        if (_trouble == VariableResult.Done)
        {
            FindInOrder();
        }

        if (_trouble == VariableResult.Done && Number < 0)
        {
            FindOutsideOfOrder();
        }
    }

    /// <summary>Says what there is: "Boot0003, third in the order", "none", or why that is not known.</summary>
    public void Describe(ref TextBuilder text)
    {
        Look();
        if (WhyNot is { } why)
        {
            text.Append("not possible: ");
            text.Append(why);
        }
        else if (_trouble != VariableResult.Done)
        {
            VariableText.Append(ref text, _trouble);
        }
        else if (Number < 0)
        {
            text.Append("none");
        }
        else
        {
            BootEntryName.Append(ref text, Number);
            BootEntryName.AppendPlace(ref text, Place);
        }
    }

    /// <summary>Makes the entry and appends it to the boot order. When both are there already, nothing is written.</summary>
    /// <param name="why">Why it was not possible.</param>
    /// <returns>False when it was not possible; then nothing has changed, or <paramref name="why"/> says what is left.</returns>
    public bool TryInstall(ref TextBuilder why)
    {
        Refresh();
        if (!CanGoOn(ref why) || IsInstalled)
        {
            return IsInstalled;
        }

        bool isNew = Number < 0;
        int number = isNew ? _free : Number;
        if (number < 0 || _orderLength == _order.Length)
        {
            why.Append("the firmware's boot menu is full; delete entries in its set-up");
            return false;
        }

        if (isNew && !TryWriteEntry(number, ref why))
        {
            return Failed();
        }

        _order.AsSpan(0, _orderLength).CopyTo(_newOrder);
        BinaryPrimitives.WriteUInt16LittleEndian(_newOrder.AsSpan(_orderLength), (ushort)number);
        if (!TryWriteOrder(_orderLength + sizeof(ushort), ref why))
        {
            if (isNew)
            {
                Discard(number, ref why);
            }

            return Failed();
        }

        Refresh();
        return true;
    }

    /// <summary>Takes the entry out of the boot order and deletes it.</summary>
    /// <param name="why">Why it was not possible.</param>
    /// <returns>False when it was not possible; then nothing has changed, or <paramref name="why"/> says what is left.</returns>
    public bool TryRemove(ref TextBuilder why)
    {
        Refresh();
        if (!CanGoOn(ref why))
        {
            return false;
        }

        if (Number < 0)
        {
            why.Append("there is no such entry");
            return false;
        }

        bool inOrder = Place >= 0;
        if (inOrder && !TryWriteOrder(CopyOrderWithout(Number), ref why))
        {
            return Failed();
        }

        Span<char> buffer = stackalloc char[BootEntryName.Length];
        ReadOnlySpan<char> name = BootEntryName.Format(buffer, Number);
        VariableResult result = _variables.Write(VariableOwner.Global, name, default);
        bool isGone = _variables.Read(VariableOwner.Global, name, _read, out _) == VariableResult.NotFound;
        if (!isGone)
        {
            Explain(name, "cannot be deleted", result == VariableResult.Done ? VariableResult.Refused : result, ref why);
            if (inOrder && !TryRestoreOrder())
            {
                why.Append("; it is left without a place in the boot order");
            }

            return Failed();
        }

        Refresh();
        return true;
    }

    private bool CanGoOn(ref TextBuilder why)
    {
        if (WhyNot is { } reason)
        {
            why.Append(reason);
            return false;
        }

        if (_trouble != VariableResult.Done)
        {
            Explain(BootOrder, "or an entry in it cannot be read", _trouble, ref why);
            return false;
        }

        return true;
    }

    private VariableResult ReadOrder()
    {
        VariableResult result = _variables.Read(VariableOwner.Global, BootOrder, _order, out int length);
        _orderLength = result == VariableResult.Done ? length & ~1 : 0;
        return result == VariableResult.NotFound ? VariableResult.Done : result;
    }

    private void FindInOrder()
    {
        for (int i = 0; i < _orderLength && _trouble == VariableResult.Done; i += sizeof(ushort))
        {
            int number = BinaryPrimitives.ReadUInt16LittleEndian(_order.AsSpan(i));
            if (IsOurs(number, out _))
            {
                Number = number;
                Place = i / sizeof(ushort);
                return;
            }
        }
    }

    // From 0 up to the first number that is free. An entry that an interrupted installation left behind has a number below that.
    private void FindOutsideOfOrder()
    {
        for (int number = 0; number <= LastNumber && _trouble == VariableResult.Done; number++)
        {
            if (IsOurs(number, out bool isThere))
            {
                Number = number;
                return;
            }

            if (!isThere)
            {
                _free = number;
                return;
            }
        }
    }

    private bool IsOurs(int number, out bool isThere)
    {
        Span<char> name = stackalloc char[BootEntryName.Length];
        VariableResult result = _variables.Read(VariableOwner.Global, BootEntryName.Format(name, number), _read, out int length);
        isThere = result != VariableResult.NotFound;

        // One that is larger than any of ours is somebody else's.
        _trouble = result is VariableResult.Done or VariableResult.NotFound or VariableResult.TooLarge ? _trouble : result;
        return result == VariableResult.Done
            && LoadOption.TryParse(_read.AsSpan(0, length), out _, out _, out ReadOnlySpan<byte> path)
            && path.SequenceEqual(_path);
    }

    private bool TryWriteEntry(int number, ref TextBuilder why)
    {
        Span<char> buffer = stackalloc char[BootEntryName.Length];
        ReadOnlySpan<char> name = BootEntryName.Format(buffer, number);
        VariableResult result = _variables.Write(VariableOwner.Global, name, _option);
        if (result != VariableResult.Done)
        {
            Explain(name, "cannot be written", result, ref why);
            return false;
        }

        if (!IsThere(name, _option))
        {
            Explain(name, "does not read back as it was written", VariableResult.Refused, ref why);
            Discard(number, ref why);
            return false;
        }

        return true;
    }

    private bool TryWriteOrder(int length, ref TextBuilder why)
    {
        ReadOnlySpan<byte> wanted = _newOrder.AsSpan(0, length);
        VariableResult result = _variables.Write(VariableOwner.Global, BootOrder, wanted);
        if (result != VariableResult.Done)
        {
            Explain(BootOrder, "cannot be written", result, ref why);
            return false;
        }

        if (!IsThere(BootOrder, wanted))
        {
            Explain(BootOrder, "does not read back as it was written", VariableResult.Refused, ref why);
            if (!TryRestoreOrder())
            {
                why.Append("; look at the boot order in the firmware's set-up");
            }

            return false;
        }

        return true;
    }

    // Where there was none, it may not have come into being.
    private bool TryRestoreOrder()
    {
        VariableResult result = _variables.Write(VariableOwner.Global, BootOrder, _order.AsSpan(0, _orderLength));
        return result == VariableResult.Done || (result == VariableResult.NotFound && _orderLength == 0);
    }

    private bool IsThere(scoped ReadOnlySpan<char> name, ReadOnlySpan<byte> wanted)
    {
        VariableResult result = _variables.Read(VariableOwner.Global, name, _read, out int length);
        return wanted.Length == 0 ? result == VariableResult.NotFound : result == VariableResult.Done && _read.AsSpan(0, length).SequenceEqual(wanted);
    }

    private void Discard(int number, ref TextBuilder why)
    {
        Span<char> buffer = stackalloc char[BootEntryName.Length];
        ReadOnlySpan<char> name = BootEntryName.Format(buffer, number);
        _variables.Write(VariableOwner.Global, name, default);
        if (_variables.Read(VariableOwner.Global, name, _read, out _) != VariableResult.NotFound)
        {
            why.Append("; ");
            why.Append(name);
            why.Append(" is left behind, without a place in the boot order");
        }
    }

    private int CopyOrderWithout(int number)
    {
        int length = 0;
        for (int i = 0; i < _orderLength; i += sizeof(ushort))
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(_order.AsSpan(i)) != number)
            {
                _order.AsSpan(i, sizeof(ushort)).CopyTo(_newOrder.AsSpan(length));
                length += sizeof(ushort);
            }
        }

        return length;
    }

    private bool Failed()
    {
        Refresh();
        return false;
    }

    private static void Explain(scoped ReadOnlySpan<char> name, string what, VariableResult result, ref TextBuilder why)
    {
        why.Append(name);
        why.Append(' ');
        why.Append(what);
        why.Append(": ");
        VariableText.Append(ref why, result);
    }
}
