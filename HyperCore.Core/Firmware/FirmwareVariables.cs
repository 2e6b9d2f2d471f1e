using System;

namespace HyperCore.Core.Firmware;

/// <summary>
/// The firmware's variables, which outlast power-off (UEFI 2.10, 8.2). A call can take long (the firmware may write to flash memory), so only the
/// console processor makes any, and never while a guest waits for an exit. What is written is non-volatile and visible before and after boot
/// services, as Boot#### has to be (UEFI 2.10, 3.3).
/// </summary>
public abstract class FirmwareVariables
{
    /// <summary>Why variables can be neither read nor written on this machine, in plain words; null when they can.</summary>
    public abstract string? WhyNot { get; }

    /// <summary>The highest number of a Boot#### variable; -1 when that is not known, because it would take to ask for each.</summary>
    public virtual int LastBootNumber => -1;

    /// <summary>Reads a variable.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="name">Its name, at most 31 characters.</param>
    /// <param name="data">Where its contents go.</param>
    /// <param name="length">Bytes of it; 0 unless the result is <see cref="VariableResult.Done"/>.</param>
    public abstract VariableResult Read(VariableOwner owner, ReadOnlySpan<char> name, Span<byte> data, out int length);

    /// <summary>Writes a variable, whether it is there or not. Without contents it is deleted.</summary>
    /// <param name="owner">Whose.</param>
    /// <param name="name">Its name, at most 31 characters.</param>
    /// <param name="data">Its contents.</param>
    /// <returns>
    /// <see cref="VariableResult.NotFound"/> when a variable was to be deleted that is not there; when it is not <see cref="VariableResult.Done"/>
    /// otherwise, the variable has its old contents.
    /// </returns>
    public abstract VariableResult Write(VariableOwner owner, ReadOnlySpan<char> name, ReadOnlySpan<byte> data);
}
