using System;
using System.Buffers.Binary;
using HyperCore.Core.Diagnostics;

namespace HyperCore.Core.Firmware;

/// <summary>
/// HyperCore's own entry in the firmware's boot menu: a variable Boot#### and its place in BootOrder (UEFI 2.10, 3.1.1 and 3.3). Everything that is
/// written is read back; what could only be half done is undone. At no time does BootOrder name an entry that is not there. An entry is HyperCore's
/// when it names the same file (<see cref="DevicePath.IsSameFile"/>).
/// </summary>
public sealed class BootEntries
{
    private const int LastNumber = 0xFFFF;
    private const string BootNext = "BootNext";

    private readonly FirmwareVariables _variables;
    private readonly byte[] _option;
    private readonly byte[] _path;
    private readonly byte[] _read = new byte[2 * DevicePath.MaxLength];
    private readonly byte[] _old = new byte[2 * DevicePath.MaxLength];
    private readonly ushort[] _ours = new ushort[16];
    private int _found;
    private int _free;
    private int _oldLength;
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

    /// <summary>The number of the entry, of several the one that the firmware tries first; -1 when there is none.</summary>
    public int Number => _found > 0 ? _ours[0] : -1;

    /// <summary>Its place in the boot order, from 0; -1 when it is not in it.</summary>
    public int Place => Number < 0 ? -1 : Order.PlaceOf(Number);

    /// <summary>The entry is there, and in the boot order.</summary>
    public bool IsInstalled => Place >= 0;

    /// <summary>The firmware was asked, and there is no entry.</summary>
    public bool IsAbsent => _found == 0 && _isKnown && _trouble == VariableResult.Done;

    /// <summary>The boot order as it is.</summary>
    public BootOrder Order { get; } = new();

    /// <summary>The boot order as it shall be, when a change was planned.</summary>
    public BootOrder PlannedOrder { get; } = new();

    /// <summary>The number that the entry has or gets, when an installation was planned.</summary>
    public int PlannedNumber { get; private set; } = -1;

    /// <summary>The entry is to be written, when an installation was planned: there is none, or it differs.</summary>
    public bool IsWritePlanned { get; private set; }

    /// <summary>The numbers of the entries that go, when a removal was planned.</summary>
    public ReadOnlySpan<ushort> PlannedRemovals => _ours.AsSpan(0, _found);

    /// <summary>Asks the firmware, unless that was done already.</summary>
    public void Look()
    {
        if (!_isKnown)
        {
            Refresh();
        }
    }

    /// <summary>Asks the firmware what there is.</summary>
    public void Refresh() => Find(all: false);

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

    /// <summary>Finds out what <see cref="TryInstall"/> would do.</summary>
    /// <param name="why">Why it is not possible.</param>
    /// <param name="isFirst">The entry is to come first in the boot order; else it stays where it is, or comes last.</param>
    public bool TryPlanInstall(ref TextBuilder why, bool isFirst = false)
    {
        Refresh();
        if (!CanGoOn(ref why))
        {
            return false;
        }

        PlannedNumber = Number < 0 ? _free : Number;
        IsWritePlanned = Number < 0 || !_old.AsSpan(0, _oldLength).SequenceEqual(_option);
        PlannedOrder.Set(Order);
        if (isFirst)
        {
            PlannedOrder.Remove(PlannedNumber);
        }

        bool isInOrder = PlannedOrder.PlaceOf(PlannedNumber) >= 0;
        if (PlannedNumber < 0 || (!isInOrder && !PlannedOrder.TryInsert(isFirst ? 0 : PlannedOrder.Count, PlannedNumber)))
        {
            why.Append("the firmware's boot menu is full; delete entries in its set-up");
            return false;
        }

        return true;
    }

    /// <summary>Makes the entry, or puts it right, and gives it a place in the boot order. What is there already is not written.</summary>
    /// <param name="why">Why it was not possible.</param>
    /// <param name="isFirst">The entry is to come first in the boot order; else it stays where it is, or comes last.</param>
    /// <returns>False when it was not possible; then nothing has changed, or <paramref name="why"/> says what is left.</returns>
    public bool TryInstall(ref TextBuilder why, bool isFirst = false)
    {
        if (!TryPlanInstall(ref why, isFirst))
        {
            return false;
        }

        if (IsWritePlanned && !TryWriteEntry(ref why))
        {
            return Failed();
        }

        if (!PlannedOrder.IsSame(Order) && !TryWriteOrder(ref why))
        {
            if (IsWritePlanned)
            {
                Undo(ref why);
            }

            return Failed();
        }

        Refresh();
        return true;
    }

    /// <summary>Finds out what <see cref="TryRemove"/> would do.</summary>
    /// <param name="why">Why it is not possible: there is no entry, too.</param>
    public bool TryPlanRemoval(ref TextBuilder why)
    {
        Find(all: true);
        PlannedOrder.Set(Order);
        if (!CanGoOn(ref why))
        {
            return false;
        }

        if (_found == 0)
        {
            why.Append("there is no such entry");
            return false;
        }

        foreach (ushort number in PlannedRemovals)
        {
            PlannedOrder.Remove(number);
        }

        return true;
    }

    /// <summary>Takes the entry out of the boot order and deletes it; all of them, when there are several.</summary>
    /// <param name="why">Why it was not possible.</param>
    /// <returns>False when it was not possible; then nothing has changed, or <paramref name="why"/> says what is left.</returns>
    public bool TryRemove(ref TextBuilder why)
    {
        if (!TryPlanRemoval(ref why) || (!PlannedOrder.IsSame(Order) && !TryWriteOrder(ref why)))
        {
            return Failed();
        }

        foreach (ushort number in PlannedRemovals)
        {
            VariableResult result = Delete(number, out bool isGone);
            if (!isGone)
            {
                Explain(number, "cannot be deleted", result == VariableResult.Done ? VariableResult.Refused : result, ref why);
                if (!PlannedOrder.IsSame(Order) && !TryRestoreOrder())
                {
                    why.Append("; it is left without a place in the boot order");
                }

                return Failed();
            }

            // It gets its places back when another one cannot be deleted; this one does not.
            Order.Remove(number);
            ForgetNext(number);
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
            Explain(BootOrder.Name, "or an entry in it cannot be read", _trouble, ref why);
            return false;
        }

        return true;
    }

    // First those in the order, then all numbers up to the first that is free, which is where an interrupted installation leaves one; and up to the last
    // that there is, if the machine knows that.
    private void Find(bool all)
    {
        _isKnown = true;
        _found = 0;
        _free = -1;
        _trouble = VariableResult.Unsupported;
        if (WhyNot != null)
        {
            return;
        }

        _trouble = Order.Read(_variables);
        for (int i = 0; i < Order.Count && GoesOn(all); i++)
        {
            Consider(Order[i]);
        }

        int last = _variables.LastBootNumber;
        for (int number = 0; number <= LastNumber && GoesOn(all) && (_free < 0 || number <= last); number++)
        {
            if (!Consider(number) && _free < 0)
            {
                _free = number;
            }
        }
    }

    private bool GoesOn(bool all) => _found == 0 ? _trouble == VariableResult.Done : all && _found < _ours.Length;

    // Returns whether there is such an entry.
    private bool Consider(int number)
    {
        Span<char> name = stackalloc char[BootEntryName.Length];
        VariableResult result = _variables.Read(VariableOwner.Global, BootEntryName.Format(name, number), _read, out int length);

        // One that is larger than any of ours is somebody else's. What comes behind one of ours does not matter.
        _trouble = _found > 0 || result is VariableResult.Done or VariableResult.NotFound or VariableResult.TooLarge ? _trouble : result;
        if (result == VariableResult.Done
            && LoadOption.TryParse(_read.AsSpan(0, length), out _, out _, out ReadOnlySpan<byte> path)
            && DevicePath.IsSameFile(path, _path)
            && !_ours.AsSpan(0, _found).Contains((ushort)number))
        {
            if (_found == 0)
            {
                _read.AsSpan(0, length).CopyTo(_old);
                _oldLength = length;
            }

            _ours[_found++] = (ushort)number;
        }

        return result != VariableResult.NotFound;
    }

    private bool TryWriteEntry(ref TextBuilder why)
    {
        Span<char> buffer = stackalloc char[BootEntryName.Length];
        ReadOnlySpan<char> name = BootEntryName.Format(buffer, PlannedNumber);
        VariableResult result = _variables.Write(VariableOwner.Global, name, _option);
        if (result != VariableResult.Done)
        {
            Explain(name, "cannot be written", result, ref why);
            return false;
        }

        if (!IsThere(name, _option))
        {
            Explain(name, "does not read back as it was written", VariableResult.Refused, ref why);
            Undo(ref why);
            return false;
        }

        return true;
    }

    private bool TryWriteOrder(ref TextBuilder why)
    {
        VariableResult result = _variables.Write(VariableOwner.Global, BootOrder.Name, PlannedOrder.Bytes);
        if (result != VariableResult.Done)
        {
            Explain(BootOrder.Name, "cannot be written", result, ref why);
            return false;
        }

        if (!IsThere(BootOrder.Name, PlannedOrder.Bytes))
        {
            Explain(BootOrder.Name, "does not read back as it was written", VariableResult.Refused, ref why);
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
        VariableResult result = _variables.Write(VariableOwner.Global, BootOrder.Name, Order.Bytes);
        return result == VariableResult.Done || (result == VariableResult.NotFound && Order.Count == 0);
    }

    private bool IsThere(scoped ReadOnlySpan<char> name, ReadOnlySpan<byte> wanted)
    {
        VariableResult result = _variables.Read(VariableOwner.Global, name, _read, out int length);
        return wanted.Length == 0 ? result == VariableResult.NotFound : result == VariableResult.Done && _read.AsSpan(0, length).SequenceEqual(wanted);
    }

    // Gives the entry its old contents back, or takes it away when there was none.
    private void Undo(ref TextBuilder why)
    {
        Span<char> buffer = stackalloc char[BootEntryName.Length];
        ReadOnlySpan<char> name = BootEntryName.Format(buffer, PlannedNumber);
        ReadOnlySpan<byte> before = Number < 0 ? default : _old.AsSpan(0, _oldLength);
        _variables.Write(VariableOwner.Global, name, before);
        if (!IsThere(name, before))
        {
            why.Append("; ");
            why.Append(name);
            why.Append(Number < 0 ? " is left behind, without a place in the boot order" : " is left changed");
        }
    }

    private VariableResult Delete(int number, out bool isGone)
    {
        Span<char> buffer = stackalloc char[BootEntryName.Length];
        ReadOnlySpan<char> name = BootEntryName.Format(buffer, number);
        VariableResult result = _variables.Write(VariableOwner.Global, name, default);
        isGone = IsThere(name, default);
        return result;
    }

    // What is to be started once only must not be an entry that is gone. (The firmware would not mind: UEFI 2.10, 3.1.1.)
    private void ForgetNext(int number)
    {
        VariableResult result = _variables.Read(VariableOwner.Global, BootNext, _read, out int length);
        if (result == VariableResult.Done && length == sizeof(ushort) && BinaryPrimitives.ReadUInt16LittleEndian(_read) == number)
        {
            _variables.Write(VariableOwner.Global, BootNext, default);
        }
    }

    private bool Failed()
    {
        Refresh();
        return false;
    }

    private static void Explain(int number, string what, VariableResult result, ref TextBuilder why)
    {
        Span<char> buffer = stackalloc char[BootEntryName.Length];
        Explain(BootEntryName.Format(buffer, number), what, result, ref why);
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
