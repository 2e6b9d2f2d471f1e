using System;
using Spectre.Console;

namespace HyperCore.Tool;

/// <summary>A bar on a terminal.</summary>
/// <param name="console">The terminal.</param>
internal sealed class ProgressBar(IAnsiConsole console) : IProgressDisplay
{
    /// <inheritdoc/>
    public void Run(string what, Action<IProgress<double>> work) => console.Progress()
        .AutoClear(true)
        .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
        .Start(context => work(new TaskProgress(context.AddTask(Markup.Escape(what), maxValue: 1))));

    private sealed class TaskProgress(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value;
    }
}
