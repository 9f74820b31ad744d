using Isocenter.Dicom;
using Isocenter.Imaging.Phantom;

namespace Isocenter.Imaging;

/// <summary>Columns and rows of one image from those of another: x' = X0 + XX·x + XY·y, y' = Y0 + YX·x + YY·y, of the middles of pixels.</summary>
internal readonly record struct PlaneMap(double X0, double XX, double XY, double Y0, double YX, double YY)
{
    public static PlaneMap Identity { get; } = new(0, 1, 0, 0, 0, 1);
}

/// <summary>Where the pixels of a frame lie in the patient (PS3.3 §C.7.6.2.1.1), in millimetres.</summary>
internal readonly record struct ImagePlane(string FrameOfReference, Vector3 Origin, Vector3 AlongRow, Vector3 AlongColumn)
{
    /// <summary>Null: the image does not say.</summary>
    public static ImagePlane? Of(DataSet image, int frameIndex)
    {
        DataSet Group(Tag group) => GreyScale.FunctionalGroup(image, frameIndex, group) ?? image;
        var position = Group(Tags.PlanePositionSequence).GetAll<double>(Tags.ImagePositionPatient);
        var orientation = Group(Tags.PlaneOrientationSequence).GetAll<double>(Tags.ImageOrientationPatient);
        var spacing = Group(Tags.PixelMeasuresSequence).GetAll<double>(Tags.PixelSpacing);
        if (position.Count != 3 || orientation.Count != 6 || spacing.Count != 2 || !(spacing[0] > 0) || !(spacing[1] > 0)) return null;
        // Pixel Spacing names that between rows first.
        var plane = new ImagePlane(image.Get(Tags.FrameOfReferenceUID, ""), new Vector3(position[0], position[1], position[2]),
            spacing[1] * new Vector3(orientation[0], orientation[1], orientation[2]), spacing[0] * new Vector3(orientation[3], orientation[4], orientation[5]));
        return plane.AlongRow.Dot(plane.AlongRow) > 0 && plane.AlongColumn.Dot(plane.AlongColumn) > 0 ? plane : null;
    }

    public PlaneMap MapTo(ImagePlane other)
    {
        var offset = Origin - other.Origin;
        double width = other.AlongRow.Dot(other.AlongRow), height = other.AlongColumn.Dot(other.AlongColumn);
        return new PlaneMap(
            offset.Dot(other.AlongRow) / width, AlongRow.Dot(other.AlongRow) / width, AlongColumn.Dot(other.AlongRow) / width,
            offset.Dot(other.AlongColumn) / height, AlongRow.Dot(other.AlongColumn) / height, AlongColumn.Dot(other.AlongColumn) / height);
    }

    /// <summary>From the origin of this one to the plane of the other.</summary>
    public double DistanceTo(ImagePlane other)
    {
        var normal = other.AlongRow.Cross(other.AlongColumn);
        double length = Math.Sqrt(normal.Dot(normal));
        return length > 0 ? Math.Abs((Origin - other.Origin).Dot(normal)) / length : double.PositiveInfinity;
    }
}
