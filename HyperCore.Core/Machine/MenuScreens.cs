using HyperCore.Core.Console;
using HyperCore.Core.Menu;

namespace HyperCore.Core.Machine;

/// <summary>Where the menu is shown: on the display, if there is one, and as text on the serial line.</summary>
public sealed class MenuScreens
{
    private const int MirrorColumns = 80;
    private const int MirrorRows = 20;

    private readonly MenuModel _model;
    private readonly AnsiMirror _mirror;
    private readonly TextScreen _mirrorScreen = new(MirrorColumns, MirrorRows);
    private readonly MenuView _mirrorView;
    private readonly FramebufferRenderer? _renderer;
    private readonly TextScreen? _screen;
    private readonly MenuView? _view;
    private readonly HostFramebuffer? _host;

    /// <summary>Creates the views.</summary>
    /// <param name="model">The menu.</param>
    /// <param name="machine">What it shows.</param>
    /// <param name="mirror">The serial line's terminal.</param>
    /// <param name="framebuffer">The display; null without one.</param>
    /// <param name="host">What sets its mode; null without one.</param>
    public MenuScreens(MenuModel model, MachineView machine, AnsiMirror mirror, Framebuffer? framebuffer, HostFramebuffer? host = null)
    {
        _model = model;
        _host = host;
        _mirror = mirror;
        _mirrorView = new MenuView(model, machine, _mirrorScreen);
        if (framebuffer is { } display)
        {
            _renderer = new FramebufferRenderer(display);
            _screen = _renderer.CreateScreen();
            _view = new MenuView(model, machine, _screen);
        }
    }

    /// <summary>The menu is shown.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Shows the menu.</summary>
    public void Open()
    {
        IsOpen = true;
        _host?.UseOwnMode();
        _model.Show();
        _model.TakeRedraw();
        DrawAll();
    }

    /// <summary>Leaves the display to a VM and the serial line to the log.</summary>
    public void Close()
    {
        IsOpen = false;
        _mirror.Close();
    }

    /// <summary>Brings what changed to the display and to the serial line.</summary>
    public void Draw()
    {
        if (!IsOpen)
        {
            return;
        }

        if (_model.TakeRedraw())
        {
            DrawAll();
            return;
        }

        if (_view != null)
        {
            _view.Draw();
            _renderer!.Draw(_screen!);
        }

        _mirrorView.Draw();
        _mirror.Draw();
    }

    private void DrawAll()
    {
        if (_view != null)
        {
            _view.Draw();
            _renderer!.Redraw(_screen!);
        }

        _mirrorView.Draw();
        _mirror.Open(_mirrorScreen);
    }
}
