using System;

namespace HyperCore.Core.Processor;

/// <summary>Where true random numbers come from.</summary>
public abstract class EntropySource
{
    /// <summary>Fills a few bytes.</summary>
    /// <returns>False when the source has none to give at the moment; nothing of the destination is to be used then.</returns>
    public abstract bool TryFill(Span<byte> destination);
}
