namespace HyperCore.StartScreen.Drawing;

/// <summary>The pictures on the tiles, drawn from lines so that they fit any size.</summary>
internal static class Icons
{
    /// <summary>A globe.</summary>
    public static void Globe(Canvas canvas, float x, float y, float radius, uint colour)
    {
        float thickness = radius / 9;
        canvas.Ring(x, y, radius, thickness, colour);
        canvas.Ellipse(x, y, radius * 0.45f, radius - (thickness / 2), thickness * 0.8f, colour);
        canvas.Line(x - radius + thickness, y, x + radius - thickness, y, thickness * 0.8f, colour);
        canvas.Line(x - (radius * 0.84f), y - (radius * 0.5f), x + (radius * 0.84f), y - (radius * 0.5f), thickness * 0.8f, colour);
        canvas.Line(x - (radius * 0.84f), y + (radius * 0.5f), x + (radius * 0.84f), y + (radius * 0.5f), thickness * 0.8f, colour);
    }

    /// <summary>An envelope.</summary>
    public static void Envelope(Canvas canvas, float x, float y, float radius, uint colour)
    {
        float thickness = radius / 8;
        float width = radius * 1.05f;
        float height = radius * 0.72f;
        Frame(canvas, x - width, y - height, x + width, y + height, thickness, colour);
        canvas.Line(x - width, y - height, x, y + (height * 0.2f), thickness, colour);
        canvas.Line(x + width, y - height, x, y + (height * 0.2f), thickness, colour);
    }

    /// <summary>A terminal's prompt.</summary>
    public static void Prompt(Canvas canvas, float x, float y, float radius, uint colour)
    {
        float thickness = radius / 8;
        float width = radius * 1.05f;
        float height = radius * 0.8f;
        Frame(canvas, x - width, y - height, x + width, y + height, thickness, colour);
        canvas.Line(x - (width * 0.6f), y - (height * 0.4f), x - (width * 0.2f), y, thickness, colour);
        canvas.Line(x - (width * 0.6f), y + (height * 0.4f), x - (width * 0.2f), y, thickness, colour);
        canvas.Line(x, y + (height * 0.45f), x + (width * 0.55f), y + (height * 0.45f), thickness, colour);
    }

    /// <summary>Three sliders.</summary>
    public static void Sliders(Canvas canvas, float x, float y, float radius, uint colour)
    {
        float thickness = radius / 8;
        for (int i = -1; i <= 1; i++)
        {
            float row = y + (i * radius * 0.62f);
            float knob = x + (i == 0 ? radius * 0.4f : i * radius * 0.35f);
            canvas.Line(x - radius, row, x + radius, row, thickness, colour);
            canvas.Ring(knob, row, thickness * 1.9f, thickness * 1.9f, colour);
        }
    }

    /// <summary>Two screens, one behind the other.</summary>
    public static void Screens(Canvas canvas, float x, float y, float radius, uint colour)
    {
        float thickness = radius / 8;
        float near = radius * 0.28f;
        Frame(canvas, x - radius, y - (radius * 0.35f), x + (radius * 0.5f), y + (radius * 0.75f), thickness, colour);
        canvas.Line(x - (radius * 0.5f), y - (radius * 0.75f), x + radius, y - (radius * 0.75f), thickness, colour);
        canvas.Line(x + radius, y - (radius * 0.75f), x + radius, y + near, thickness, colour);
        canvas.Line(x - (radius * 0.5f), y - (radius * 0.75f), x - (radius * 0.5f), y - (radius * 0.6f), thickness, colour);
        canvas.Line(x + (radius * 0.75f), y + near, x + radius, y + near, thickness, colour);
    }

    private static void Frame(Canvas canvas, float left, float top, float right, float bottom, float thickness, uint colour)
    {
        canvas.Line(left, top, right, top, thickness, colour);
        canvas.Line(right, top, right, bottom, thickness, colour);
        canvas.Line(right, bottom, left, bottom, thickness, colour);
        canvas.Line(left, bottom, left, top, thickness, colour);
    }
}
