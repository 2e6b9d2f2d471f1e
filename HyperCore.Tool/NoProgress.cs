using System;

namespace HyperCore.Tool;

/// <summary>Shows nothing: nobody looks.</summary>
internal sealed class NoProgress : IProgressDisplay, IProgress<double>
{
    /// <inheritdoc/>
    public void Run(string what, Action<IProgress<double>> work) => work(this);

    /// <inheritdoc/>
    public void Report(double value)
    {
    }
}
