using System;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Menu;

namespace HyperCore.Efi.Startup;

/// <summary>Shows on the framebuffer, in HyperCore's own look, which file is being loaded.</summary>
internal sealed class ScreenProgress : LoadProgress
{
    private readonly FramebufferRenderer _renderer;
    private readonly TextScreen _screen;
    private readonly ProgressView _view;
    private readonly char[] _line = new char[160];

    private ScreenProgress(Framebuffer framebuffer)
    {
        _renderer = new FramebufferRenderer(framebuffer);
        _screen = _renderer.CreateScreen();
        _view = new ProgressView(_screen, ProductVersion.Text);
        Show("Starting", 0, 0);
    }

    /// <summary>Takes the screen over.</summary>
    /// <returns>Null when there is none, or it is not of a kind HyperCore can draw on.</returns>
    public static ScreenProgress? Create(FramebufferInformation? information)
        => information != null
            && PixelFormat.TryCreate(information.RedMask, information.GreenMask, information.BlueMask, out PixelFormat format)
            && Framebuffer.TryCreate(
                (nint)information.Address,
                information.Length,
                information.Width,
                information.Height,
                information.PixelsPerScanLine * sizeof(uint),
                format,
                out Framebuffer framebuffer)
            ? new ScreenProgress(framebuffer)
            : null;

    public override void Report(ReadOnlySpan<char> path, ulong loaded, ulong total)
    {
        var text = new TextBuilder(_line);
        text.Append("Loading ");
        text.Append(path);
        Show(text.Text, loaded, total);
    }

    private void Show(ReadOnlySpan<char> what, ulong done, ulong total)
    {
        _view.Draw(what, done, total);
        _renderer.Draw(_screen);
    }
}
