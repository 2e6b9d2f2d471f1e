using System;

namespace HyperCore.Core.Usb;

/// <summary>Takes what an interrupt endpoint sends.</summary>
internal abstract class ReportReader
{
    /// <summary>Takes a report; the span is only good during the call.</summary>
    public abstract void Read(ReadOnlySpan<byte> report);
}
