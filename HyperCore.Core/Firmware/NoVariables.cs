using System;

namespace HyperCore.Core.Firmware;

/// <summary>The variables of a machine that has none HyperCore could use.</summary>
/// <param name="why">Why, in plain words.</param>
public sealed class NoVariables(string why) : FirmwareVariables
{
    /// <inheritdoc/>
    public override string? WhyNot { get; } = why;

    /// <inheritdoc/>
    public override VariableResult Read(VariableOwner owner, ReadOnlySpan<char> name, Span<byte> data, out int length)
    {
        length = 0;
        return VariableResult.Unsupported;
    }

    /// <inheritdoc/>
    public override VariableResult Write(VariableOwner owner, ReadOnlySpan<char> name, ReadOnlySpan<byte> data) => VariableResult.Unsupported;
}
