using System;
using System.Collections.Generic;
using HyperCore.Core.Firmware;

namespace HyperCore.Tests.Firmware;

/// <summary>A variable store that fails, loses power or is full when a test says so.</summary>
internal sealed class FakeVariables : FirmwareVariables
{
    public Dictionary<(VariableOwner Owner, string Name), byte[]> Store { get; } = [];

    /// <summary>What was written or deleted, in order.</summary>
    public List<string> Writes { get; } = [];

    /// <summary>The write of this number, from 0, fails; -1 when none does.</summary>
    public int FailAt { get; set; } = -1;

    /// <summary>What a failed write says.</summary>
    public VariableResult Failure { get; set; } = VariableResult.DeviceError;

    /// <summary>From <see cref="FailAt"/> on every write fails, as if the power was gone.</summary>
    public bool FailsFromThen { get; set; }

    /// <summary>The write of this number says that it was done, and was not.</summary>
    public int LieAt { get; set; } = -1;

    /// <summary>Reads of this variable fail with <see cref="Failure"/>.</summary>
    public string? Unreadable { get; set; }

    /// <summary>What the machine knows of the highest number; null when nothing.</summary>
    public int? Last { get; set; }

    public string? Reason { get; set; }

    public override string? WhyNot => Reason;

    public override int LastBootNumber => Last ?? base.LastBootNumber;

    public override VariableResult Read(VariableOwner owner, ReadOnlySpan<char> name, Span<byte> data, out int length)
    {
        length = 0;
        if (name.SequenceEqual(Unreadable))
        {
            return Failure;
        }

        if (!Store.TryGetValue((owner, name.ToString()), out byte[]? value))
        {
            return VariableResult.NotFound;
        }

        if (value.Length > data.Length)
        {
            return VariableResult.TooLarge;
        }

        value.CopyTo(data);
        length = value.Length;
        return VariableResult.Done;
    }

    public override VariableResult Write(VariableOwner owner, ReadOnlySpan<char> name, ReadOnlySpan<byte> data)
    {
        int number = Writes.Count;
        Writes.Add(name.ToString());
        if (FailAt >= 0 && (number == FailAt || (FailsFromThen && number > FailAt)))
        {
            return Failure;
        }

        if (number == LieAt)
        {
            return VariableResult.Done;
        }

        if (data.Length > 0)
        {
            Store[(owner, name.ToString())] = data.ToArray();
            return VariableResult.Done;
        }

        return Store.Remove((owner, name.ToString())) ? VariableResult.Done : VariableResult.NotFound;
    }

    public byte[]? Global(string name) => Store.GetValueOrDefault((VariableOwner.Global, name));

    public void SetGlobal(string name, params byte[] value) => Store[(VariableOwner.Global, name)] = value;
}
